"""Settings are checked, not trusted: `manage.py check` explains what would go wrong."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def field_keys_are_usable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        usable = bool([Fernet(key) for key in settings.FIELD_KEYS])
    except ValueError:
        usable = False
    if usable:
        return []
    hint = (
        "Make one: python -c 'from cryptography.fernet import Fernet as F; print(F.generate_key())'"
    )
    return [Error("FIELD_KEYS holds no usable Fernet key.", hint=hint, id="portal.E001")]


@register()
def site_url_is_absolute(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme in {"http", "https"} and parts.netloc and not parts.path:
        return []
    return [Error("SITE_URL must be the portal's address without a path.", id="portal.E002")]


@register()
def languages_are_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    unknown = [code for code in settings.PORTAL_LANGUAGES if code not in LANG_INFO]
    if not unknown and settings.LANGUAGE_CODE in settings.PORTAL_LANGUAGES:
        return []
    hint = "Codes as Django writes them (en-gb, cy, de), that of LANGUAGE_CODE among them."
    return [Error("PORTAL_LANGUAGES cannot be offered as it is.", hint=hint, id="portal.E004")]


@register(deploy=True)
def orcid_client_is_named(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET:
        return []
    hint = "Set ORCID_CLIENT_ID and ORCID_CLIENT_SECRET, from ORCID's developer tools."
    return [Error("Nobody can sign in without an ORCID client.", hint=hint, id="portal.E003")]


@register(deploy=True)
def throttles_are_shared(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.REDIS_URL:
        return []
    return [
        checks.Warning(
            "Without REDIS_URL each web process counts tries (docs/limits.md) by itself.",
            hint="Set REDIS_URL, or run one web process.",
            id="portal.W001",
        )
    ]


@register(deploy=True)
def helpdesk_is_named(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.HELPDESK_EMAIL:
        return []
    return [checks.Warning("HELPDESK_EMAIL is empty: pages name nobody to ask.", id="portal.W002")]
