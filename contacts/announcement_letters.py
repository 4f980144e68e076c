"""An announcement as a mail: written when it is delivered, as its links are each person's own."""

from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contacts.audience import PREFERENCE, contacts_of_consortium
from contacts.letters import Letter, as_known_there, letterhead, write, written_before
from contacts.localisation import speaking_to
from contacts.models import Announcement, Contact, Mail, User
from contacts.preferences import (
    preferences_token,
    preferences_url,
    unsubscribe_headers,
    unsubscribe_url,
)
from members.formatting import plain_text, render_notice
from members.models import Consortium

State = Announcement.State
# Of an announcement whose mails still go out; *sent* for those that somebody sends again.
_GOES_ON = frozenset({State.SENDING, State.SENT})


class Withdrawn(Exception):
    """The mail is not to be sent any more; its words say why."""


def announcement_letter(mail: Mail) -> Letter:
    """The letter of one delivery. Raises `Withdrawn` when things have changed since it was queued."""
    announcement, contact = mail.announcement, mail.contact
    if announcement is None or announcement.state not in _GOES_ON:
        raise Withdrawn(_("The announcement was stopped."))
    if contact is None or contact.removed_at:
        raise Withdrawn(_("The person is no longer a contact."))
    if has_declined(contact, announcement):
        raise Withdrawn(_("The person does not want mail of this kind any more."))
    is_first = not written_before(mail.to, but=mail.pk)
    return letter_to(contact, announcement, announcement.consortium, is_first=is_first)


def has_declined(contact: Contact, announcement: Announcement) -> bool:
    name = PREFERENCE.get(Announcement.Kind(announcement.kind))
    if name is None:
        return False
    rows = contacts_of_consortium(announcement.consortium).filter(orcid=contact.orcid)
    return rows.filter(**{name: False}).exists()


def letter_to(
    contact: Contact, announcement: Announcement, consortium: Consortium, *, is_first: bool = False
) -> Letter:
    """In text and HTML, for one person. Optional kinds can be unsubscribed from with one press."""
    kind = Announcement.Kind(announcement.kind)
    is_optional = kind in PREFERENCE
    token = preferences_token(contact, kind)
    context: dict[str, Any] = {
        **letterhead(consortium, contact.member),
        "kind": kind,
        "contact": contact,
        "body_html": _html(announcement.body),
        "body_text": plain_text(announcement.body),
        "is_optional": is_optional,
        "preferences_url": preferences_url(token),
        "unsubscribe_url": unsubscribe_url(token) if is_optional else "",
        "first_mail": is_first,
    }
    if is_first:
        context["by"] = as_known_there(contact.added_by, contact.member)
    with speaking_to(User.objects.filter(orcid=contact.orcid, is_active=True).first()):
        letter = write("announcement", context)
    return Letter(letter.text, letter.html, unsubscribe_headers(token) if is_optional else {})


@lru_cache(maxsize=16)
def _html(body: str) -> SafeString:
    # The same for each of thousands.
    return render_notice(body)
