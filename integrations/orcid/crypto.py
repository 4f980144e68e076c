"""Fields that are encrypted at rest (rule O1): MultiFernet over the keys in `FIELD_KEYS`."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class KeyLost(Exception):
    """The stored value was encrypted with a key that `FIELD_KEYS` no longer holds."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    return _fernet(tuple(settings.FIELD_KEYS))


def encrypt(plain: str) -> str:
    """Encrypt with the newest key."""
    return _current().encrypt(plain.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits. Raises `KeyLost` rather than ever returning ciphertext."""
    try:
        return _current().decrypt(token.encode()).decode()
    except InvalidToken:
        raise KeyLost("A stored secret cannot be read: its key is not in FIELD_KEYS.") from None


def rotate(token: str) -> str:
    """The same value under the newest key. Raises `KeyLost`."""
    try:
        return _current().rotate(token.encode()).decode()
    except InvalidToken:
        raise KeyLost("A stored secret cannot be read: its key is not in FIELD_KEYS.") from None


# What is encrypted without being a field, by its name for the operator: other apps add theirs.
elsewhere: dict[str, Callable[[], int]] = {}


def also_rotate(name: str, rotation: Callable[[], int]) -> None:
    """Have `manage.py rotate_keys` call `rotation` too: it returns how many values it renewed and
    may raise `KeyLost`."""
    elsewhere[name] = rotation


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text that the database sees encrypted; the empty string stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return encrypt(plain) if plain else plain

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        # Ciphertext differs each time: comparing it would silently find nothing.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
