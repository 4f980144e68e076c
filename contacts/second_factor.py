"""Where allauth's second factor meets this portal: secrets encrypted, the portal's own names (O1)."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import User
from integrations.orcid import crypto

# Those texts in an authenticator's data that are secret. A passkey's are public.
SECRETS = ("secret", "seed")
BATCH = 500


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or no longer."),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `KeyLost`."""
        return crypto.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.PORTAL_NAME

    def get_totp_label(self, user: User) -> str:
        return user.orcid or user.email or user.display_name

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  # allauth's name
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """This portal by its own address, whatever host name a request came by."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": settings.PORTAL_NAME}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {
            "id": user.username.encode(),  # opaque
            "display_name": user.display_name,
            "name": self.get_totp_label(user),
        }


def rotate_secrets() -> int:
    """Every secret under the newest key; returns how many there were. Raises `KeyLost`."""
    number, last = 0, 0
    while keys := _rotate_batch(after=last):
        number += len(keys)
        last = keys[-1]
    return number


@transaction.atomic
def _rotate_batch(*, after: int) -> list[int]:
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).filter(pk__gt=after)
    batch = list(rows.select_for_update().order_by("pk")[:BATCH])
    for row in batch:
        for name in SECRETS:
            if row.data.get(name):
                row.data[name] = crypto.rotate(row.data[name])
        row.save(update_fields=["data"])
    return [row.pk for row in batch]
