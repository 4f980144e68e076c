"""Addresses of websites: completed, checked, compared."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from members.paging import total_in_words

MAX_LENGTH = 2000
_is_address = URLValidator(schemes=["http", "https"])


def complete_website(value: str) -> str:
    """The address with its scheme: `uni.example` → `https://uni.example`; empty stays empty.

    Raises `ValidationError` for anything that is not a web address.
    """
    value = value.strip()
    if not value:
        return ""
    if "://" not in value:
        value = f"https://{value}"
    if len(value) > MAX_LENGTH:
        raise ValidationError(
            _("The address is too long: %(limit)s characters at most.")
            % {"limit": total_in_words(MAX_LENGTH)}
        )
    try:
        _is_address(value)
        has_user = "@" in urlsplit(value).netloc
    except (ValueError, ValidationError):
        has_user = True
    # `https://orcid.org@evil.example` looks like another site than it is.
    if has_user:
        raise ValidationError(
            _("This is not the address of a website. Write it like https://www.uni.example.")
        )
    return value


def website_host(value: str) -> str:
    """What two addresses of one website share: no scheme, `www.`, port, path. Empty for none."""
    value = value.strip()
    try:
        host = urlsplit(value if "://" in value else f"//{value}").hostname or ""
        host = host.rstrip(".").encode("idna").decode("ascii") if host else ""
    except ValueError:  # brackets that are no IPv6 address; labels that are no host name
        return ""
    return host.lower().removeprefix("www.")
