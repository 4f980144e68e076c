"""Services on how a person signs in: they are told of each change, and other sessions end with it."""

from enum import StrEnum

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from contacts.letters import site_url
from contacts.models import Contact, Mail, User
from contacts.services.mails import queue_mail


class Change(StrEnum):
    """What has changed: the word that `mail/sign_in_changed` goes by."""

    PASSWORD = "password"  # noqa: S105  # the word itself
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    CODES_MADE = "codes_made"
    CODE_USED = "code_used"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    FACTOR_TAKEN = "factor_taken"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_REMOVED = "account_removed"
    ADDRESS_ADDED = "address_added"
    ADDRESS_REMOVED = "address_removed"
    MAIN_ADDRESS = "main_address"
    TOKEN_MADE = "token_made"  # noqa: S105  # the word itself


def tell_of_change(
    *, user: User, change: Change, detail: str = "", to: str = "", browser: str = ""
) -> Mail | None:
    """Mail the person that the way they sign in has changed; `detail` names the account, address or
    token, or says how many codes are left; `browser`, which one it was done in.

    To their main address, else to where they are reached as a contact; None when there is neither.
    """
    return queue_mail(
        kind=Mail.Kind.SIGN_IN_CHANGED,
        to=to or address_of(user, but=detail),
        context={
            "user": user,
            "change": change.value,
            "detail": detail,
            "at": timezone.now(),
            "browser": browser,
            "url": site_url("/me/accounts/"),
        },
    )


def tell_of_new_id(*, user_id: int, browser: str = "") -> None:
    """Tell a person that their account has an iD now, and what that opens: also at the addresses where
    the iD's owner is reached as a contact. It may have been somebody else's account, on a shared
    computer, that they were led to connect it to."""
    user = User.objects.get(pk=user_id)
    places = Contact.objects.current().filter(orcid=user.orcid).exclude(email="").order_by("pk")
    addresses = [address_of(user), *places.values_list("email", flat=True)]
    for address in dict.fromkeys(one.lower() for one in addresses if one):
        tell_of_change(
            user=user, change=Change.ACCOUNT_ADDED, detail="ORCID", to=address, browser=browser
        )


def address_of(user: User, *, but: str = "") -> str:
    """Where the person is written to on their own account; never at the address `but`."""
    proved = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    own = proved.exclude(email__iexact=but).values_list("email", flat=True).first()
    if own:
        return str(own)
    if user.email and user.email.lower() != but.lower():
        return user.email
    if not user.orcid:
        return ""
    places = Contact.objects.current().filter(orcid=user.orcid).exclude(email="").order_by("pk")
    return places.exclude(email__iexact=but).values_list("email", flat=True).first() or ""


def live_sessions(user: User) -> list[UserSession]:
    """The person's sessions that have not run out, newest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive)
    return list(rows.order_by("-created_at", "-pk"))


@transaction.atomic
def end_session(*, user: User, session_id: int) -> bool:
    """End one of the person's own; False when it is not theirs, or over."""
    row = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        return False
    row.end()
    return True


@transaction.atomic
def end_other_sessions(*, user: User, but: str | None) -> int:
    """End all of the person's sessions except that with the key `but`; returns how many."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def forget_dead_sessions() -> int:
    """For beat (H7): what was kept of sessions that are over; returns how many there were."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return int(UserSession.objects.exclude(session_key__in=alive).delete()[0])


@transaction.atomic
def take_second_factor(*, user_id: int) -> bool:
    """For somebody who has lost theirs: they sign in without it, and set up a new one.

    Ends all their sessions and tells them. False when they have none.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    number, _by_model = Authenticator.objects.filter(user=user).delete()
    if not number:
        return False
    end_other_sessions(user=user, but=None)
    tell_of_change(user=user, change=Change.FACTOR_TAKEN)
    return True
