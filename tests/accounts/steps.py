"""What people do on the pages of their own account."""

import html
import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from contacts.models import Mail, User
from integrations.orcid.views import FRESH_SESSION_KEY
from tests.lead.desk import client_of

ACCOUNTS = "/me/accounts/"
CONFIRM = "/me/accounts/confirm/"
FACTOR = "/me/accounts/second-factor/"
PASSWORD = "a long enough password"


def proved(client: Client) -> Client:
    """As after typing the password at ORCID."""
    session = client.session
    session[FRESH_SESSION_KEY] = time.time()
    session.save()
    return client


def proved_client(user: User) -> Client:
    return proved(client_of(user))


def give_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def words(response: Any) -> str:
    """What is to be read, spaces aside."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(text.split())


def code_for(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def set_up_app(client: Client) -> str:
    """Set up the app on the page; returns its secret."""
    page = client.get(f"{FACTOR}app/").content.decode()
    [secret] = re.findall(r'<code class="secret">(\w+)</code>', page)
    answer = client.post(f"{FACTOR}app/", {"code": code_for(secret)})
    assert answer.status_code == 302, words(answer)
    return str(secret)


def codes_of(client: Client) -> list[str]:
    """The recovery codes that the page shows."""
    return re.findall(r'secret">(\d+)<', client.get(f"{FACTOR}codes/").content.decode())


def mails() -> list[tuple[str, str]]:
    """To whom, and what was said in the middle of it."""
    return [(mail.to, mail.text) for mail in Mail.objects.order_by("pk")]
