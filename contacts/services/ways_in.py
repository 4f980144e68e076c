"""Services on the ways into an account: one is never taken away when it is the last that works."""

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.elsewhere import services
from contacts.institutional.clients import is_institution
from contacts.models import InstitutionalSignIn, User
from contacts.models.institutional import PROVIDER_PREFIX
from contacts.services.security import Change, end_other_sessions, tell_of_change


def is_last(user: User, account: SocialAccount) -> bool:
    """Whether the person could not sign in any more without it."""
    if user.orcid or user.has_usable_password():
        return False
    others = SocialAccount.objects.filter(user=user).exclude(pk=account.pk)
    return not any(_works(one.provider) for one in others)


def _works(provider: str) -> bool:
    """Not one that this deployment has switched off."""
    if is_institution(provider):
        offered = InstitutionalSignIn.objects.offered()
        return bool(offered.filter(slug=provider.removeprefix(PROVIDER_PREFIX)).exists())
    return provider in services.switched_on()


@transaction.atomic
def remove_account(*, user_id: int, account_id: int, but: str | None, browser: str = "") -> None:
    """Remove an account elsewhere, end the person's sessions but that with the key `but`, tell them.

    Raises `ValidationError` when it is the last way in.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    account = SocialAccount.objects.filter(user=user, pk=account_id).first()
    if account is None:
        return
    if is_last(user, account):
        raise ValidationError(
            _("It is your only way in here. Connect ORCID first, then you can remove it."),
            code="last",
        )
    account.delete()
    end_other_sessions(user=user, but=but)
    name = services.service_name(account.provider)
    tell_of_change(user=user, change=Change.ACCOUNT_REMOVED, detail=name, browser=browser)
