"""HTTP to institutions' sign-in services: with time-outs and a limit, outside any transaction.

Nothing that is logged holds an address with a query, or a body: both may hold secrets.
"""

import json
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from contacts.outside import certificates

MOST_BYTES = 4 * 1024 * 1024


class NoAnswer(Exception):
    """Nothing that can be used came back; the text says what, and names nobody."""


def is_allowed(url: str) -> bool:
    """HTTPS alone, but for a portal that is itself reached without it: on one's own computer."""
    parts = httpx.URL(url) if _is_url(url) else None
    if parts is None or not parts.host or parts.userinfo:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and not settings.SITE_IS_HTTPS)


def _is_url(url: object) -> bool:
    try:
        httpx.URL(url)  # type: ignore[arg-type]  # it may be anything
    except (httpx.InvalidURL, TypeError):
        return False
    return True


def send(method: str, url: str, **options: Any) -> tuple[int, bytes]:
    """Status and body of one call. Raises `NoAnswer`. Redirects are not followed."""
    if not is_allowed(url):
        raise NoAnswer(_("the address is not one with https"))
    try:
        with (
            httpx.Client(
                timeout=settings.INSTITUTION_TIMEOUT_SECONDS, verify=certificates()
            ) as client,
            client.stream(method, url, **options) as response,
        ):
            body = b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise NoAnswer(_("the answer is too long"))
            return response.status_code, body
    except httpx.HTTPError as error:
        raise NoAnswer(type(error).__name__) from None


def read_text(url: str) -> str:
    """The text at an address. Raises `NoAnswer`."""
    status, body = send("GET", url)
    if status != httpx.codes.OK:
        raise NoAnswer(_("status %(code)s") % {"code": status})
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoAnswer(_("no text")) from None


def json_object(text: str | bytes) -> dict[str, Any]:
    """Raises `NoAnswer` unless it is a JSON object."""
    try:
        found = json.loads(text)
    except ValueError:
        raise NoAnswer(_("no JSON")) from None
    if not isinstance(found, dict):
        raise NoAnswer(_("no JSON object"))
    return found
