"""An account without an iD gets one: that which its person has just proved at ORCID (C4)."""

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from contacts.models import User
from contacts.services import moving


def claim_orcid(*, user_id: int, orcid: str, name: str) -> bool:
    """Give the person the iD, as another way to sign in; False when it belongs to another account.

    Access follows it from the next request on. ORCID is asked whether a known record has moved
    here (C8): not inside a transaction.
    """
    moving.follow_to(orcid=orcid, name=name)
    try:
        with transaction.atomic():
            return _claim(user_id, orcid, name)
    except IntegrityError:  # another tab, or another account, was a moment faster
        return False


def _claim(user_id: int, orcid: str, name: str) -> bool:
    user = User.objects.select_for_update().get(pk=user_id)
    if user.orcid is not None:
        return user.orcid == orcid
    accounts = SocialAccount.objects.filter(provider="orcid")
    if User.objects.filter(orcid=orcid).exists() or accounts.filter(uid=orcid).exists():
        return False
    user.orcid, user.name = orcid, name or user.name
    user.save(update_fields=["orcid", "name"])
    SocialAccount.objects.create(
        user=user, provider="orcid", uid=orcid, extra_data={"orcid": orcid, "name": name}
    )
    return True
