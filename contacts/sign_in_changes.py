"""What follows from a change of how a person signs in, whichever page it was made on."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from contacts.models import User
from contacts.second_factor import rotate_secrets
from contacts.services.security import end_other_sessions
from integrations.orcid import crypto

crypto.also_rotate("second factors", rotate_secrets)


@receiver(password_changed)
def end_sessions_of_old_password(request: HttpRequest, user: User, **_more: Any) -> None:
    end_other_sessions(user=user, but=request.session.session_key)


@receiver(authenticator_added)
def end_sessions_without_second_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    """Whoever got in before there was one has not shown it, and must not find the admin open."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        end_other_sessions(user=user, but=request.session.session_key)
