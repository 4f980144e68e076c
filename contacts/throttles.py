"""How often what may be done. The table is all there is; docs/limits.md says why, and shows it to operators.

Counted in the cache that all workers share. The time runs from the first one; what was refused is not
counted, so that who goes on trying is let in when it is over all the same.
"""

import datetime
import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.actors import Actor

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True)
class Limit:
    """As many as that setting says, within so many seconds, for each of whom it counts."""

    setting: str
    seconds: int

    @property
    def most(self) -> int:
        return int(getattr(settings, self.setting))


# A limit, and whom it is counted for: an address, a person's key, a network.
Count = tuple[Limit, object]

# Getting in. Failures are those that somebody at play would cause, not ORCID out of reach.
SIGN_INS = Limit("SIGN_INS_PER_NETWORK_PER_HOUR", HOUR)
FAILED_SIGN_INS = Limit("FAILED_SIGN_INS_PER_NETWORK_PER_HOUR", HOUR)
PASSWORD_FORMS = Limit("PASSWORD_FORMS_PER_NETWORK_PER_MINUTE", MINUTE)
PASSWORDS_FROM_NETWORK = Limit("WRONG_PASSWORDS_PER_ADDRESS_AND_NETWORK", 5 * MINUTE)
PASSWORDS_OF_ADDRESS = Limit("WRONG_PASSWORDS_PER_ADDRESS_PER_HOUR", HOUR)
PASSWORDS_OF_PERSON = Limit("WRONG_PASSWORDS_PER_PERSON", 5 * MINUTE)
CODES = Limit("WRONG_CODES_PER_PERSON", 5 * MINUTE)
CODES_OF_DAY = Limit("WRONG_CODES_PER_PERSON_PER_DAY", DAY)
DEAD_LINKS = Limit("DEAD_LINKS_PER_NETWORK_PER_HOUR", HOUR)
BAD_TOKENS = Limit("BAD_TOKENS_PER_NETWORK_PER_MINUTE", MINUTE)
# Mails to addresses that somebody has named.
MAILS_OF_PERSON = Limit("MAILS_PER_PERSON_PER_HOUR", HOUR)
MAILS_TO_ADDRESS = Limit("MAILS_PER_ADDRESS_PER_DAY", DAY)
SAME_MAIL = Limit("SAME_MAIL_PER_THREE_MINUTES", 3 * MINUTE)
ASKS_OF_MEMBER = Limit("ASKS_PER_MEMBER_PER_DAY", DAY)
ASKS_OF_PERSON = Limit("ASKS_PER_PERSON_PER_DAY", DAY)
HELP_FROM_NETWORK = Limit("HELP_REQUESTS_PER_NETWORK_PER_HOUR", HOUR)
HELP_TO_ADDRESS = Limit("HELP_REQUESTS_PER_ADDRESS_PER_DAY", DAY)
HELP_REPLIES = Limit("HELP_REPLIES_PER_REQUEST_PER_DAY", DAY)
# Asking ORCID, and work for the portal.
LOOKUPS = Limit("LOOKUPS_PER_HOUR", HOUR)
CONNECTS = Limit("CONNECTS_PER_PERSON_PER_HOUR", HOUR)
SYNCS = Limit("SYNCS_PER_PERSON_PER_HOUR", HOUR)
COPIES = Limit("COPIES_PER_PERSON_PER_HOUR", HOUR)
WORK_FILES = Limit("WORK_FILES_PER_PERSON_PER_HOUR", HOUR)
PICTURES = Limit("PICTURES_PER_PERSON_PER_HOUR", HOUR)
API_CALLS = Limit("API_CALLS_PER_MINUTE", MINUTE)
API_READS = Limit("API_READS_PER_NETWORK_PER_MINUTE", MINUTE)


def spend(*counts: Count, more: int = 1) -> int:
    """Count so many more of each, unless one of them is used up: then none.

    Returns the seconds to wait; 0 when they were counted.
    """
    counted: list[Count] = []
    for count in counts:
        counted.append(count)
        if _add(count, more) > count[0].most:
            give_back(*counted, more=more)
            return _left(count)
    return 0


def wait_for(*counts: Count) -> int:
    """The seconds until there is room for one more of each; counts nothing."""
    full = [count for count in counts if cache.get(_key(count), 0) >= count[0].most]
    return max(map(_left, full), default=0)


def give_back(*counts: Count, more: int = 1) -> None:
    """Of tries that turned out to be right."""
    for count in counts:
        try:
            cache.decr(_key(count), more)
        except ValueError:  # its time has run out meanwhile
            continue


def check_mail_rate(by: Actor, email: str) -> None:
    """Raise `ValidationError` when the person has caused too many mails to addresses they named, or
    that address has had too many, whoever asked for them."""
    if by.is_trusted or by.user is None:
        return
    own = (MAILS_OF_PERSON, by.user.pk)
    if wait := spend(own):
        text = _("You have caused many mails within an hour. Please go on in %(wait)s.")
        raise too_many(wait, text)
    if wait := spend((MAILS_TO_ADDRESS, email.strip().lower())):
        give_back(own)
        raise mailed_often(email, wait)


def mailed_often(email: str, seconds: int) -> ValidationError:
    """For those who may know it: who writes for an organisation."""
    text = _("%(email)s has had many mails from here today. Try again in %(wait)s.")
    return too_many(seconds, text, email=email)


def too_many(seconds: int, text: str = "", **words: str) -> ValidationError:
    """For forms and the API: says when to try again, `%(wait)s` in the text."""
    return ValidationError(
        text or _("Too many attempts. Try again in %(wait)s."),
        code="throttled",
        params={"wait": in_words(seconds), "seconds": seconds, **words},
    )


def in_words(seconds: int) -> str:
    minutes = -(-seconds // MINUTE)
    if minutes <= 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = -(-seconds // HOUR)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


def _key(count: Count) -> str:
    """Whom it is counted for stands in no cache: addresses are personal."""
    limit, who = count
    return f"limit:{limit.setting}:{hashlib.sha256(repr(who).encode()).hexdigest()[:32]}"


def _add(count: Count, more: int) -> int:
    key, seconds = _key(count), count[0].seconds
    if not cache.add(key, more, seconds):
        try:
            return cache.incr(key, more)
        except ValueError:  # it ran out between the two
            cache.set(key, more, seconds)
    cache.set(f"{key}:until", timezone.now() + datetime.timedelta(seconds=seconds), seconds)
    return more


def _left(count: Count) -> int:
    until = cache.get(f"{_key(count)}:until")
    left = (until - timezone.now()).total_seconds() if until else 0.0
    return max(1, min(int(left) + 1, count[0].seconds))
