"""What people do to sign in: in the portal by Django's test client, at ORCID by HTTP."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.test import Client

from contacts.models import User
from tests.sandbox_server import authorize, new_browser

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

LOGIN = "/accounts/orcid/login/"
CALLBACK = "/accounts/orcid/login/callback/"
UNTRUSTED = (502, "We could not check ORCID’s answer", 0)


def start(client: Client, **form: str) -> str:
    """Press the button; returns where ORCID is to be asked."""
    answer = client.post(LOGIN, form)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def at_orcid(url: str, orcid: str, *, deny: bool = False) -> str:
    """Sign in at ORCID and allow, or not; returns the way back, as path and query."""
    with new_browser() as browser:
        back = urlsplit(authorize(browser, url, orcid, deny=deny))
    return f"{back.path}?{back.query}"


def sign_in(client: Client, orcid: str, **form: str) -> "Answer":
    """The whole way; returns the portal's last answer."""
    return client.get(at_orcid(start(client, **form), orcid))


def heading(answer: "Answer") -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode())
    return found[1] if found else ""


def outcome(answer: "Answer") -> tuple[int, str, int]:
    """Status, heading of the page, and how many people there are."""
    return answer.status_code, heading(answer), User.objects.count()
