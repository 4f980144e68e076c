"""What follows from a change of how a person signs in, whichever page it was made on."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

from contacts.browsers import browser_of
from contacts.models import User
from contacts.proof import renew_session
from contacts.second_factor import rotate_secrets
from contacts.services.security import Change, end_other_sessions, tell_of_change
from integrations.orcid import crypto

crypto.also_rotate("second factors", rotate_secrets)


@receiver(password_changed)
def end_sessions_of_old_password(request: HttpRequest, user: User, **_more: Any) -> None:
    _only_this_session(request, user)


@receiver([authenticator_added, authenticator_removed])
def end_sessions_of_other_second_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Whoever got in before there was one has not shown it, and must not find the admin open; whoever
    got in by one that is lost stays in no longer than it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        _only_this_session(request, user)


@receiver(authenticator_used)
def tell_of_recovery_code(
    request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Whoever has one of the codes needs no app: its owner hears of each that is used."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        now = Authenticator.objects.get(
            pk=authenticator.pk
        )  # allauth marks the code on another copy
        left = len(RecoveryCodes(now).get_unused_codes())
        tell_of_change(
            user=user, change=Change.CODE_USED, detail=str(left), browser=browser_of(request)
        )


def _only_this_session(request: HttpRequest, user: User) -> None:
    end_other_sessions(user=user, but=request.session.session_key)
    renew_session(request)
