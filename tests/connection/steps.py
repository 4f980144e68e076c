"""What people do to connect: in the portal by Django's test client, at ORCID by HTTP."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.test import Client

from contacts.models import User
from tests.factories import make_user
from tests.reading import words
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

ACCOUNTS = "/me/accounts/"
CONNECT = "/me/accounts/orcid/connect/"
CONNECTED = "/me/accounts/orcid/connected/"
DISCONNECT = "/me/accounts/orcid/disconnect/"


@dataclass
class Somebody:
    """A person with a record at the local ORCID, signed in to the portal."""

    user: User
    client: Client

    @property
    def orcid(self) -> str:
        return self.user.orcid or ""

    def presses_connect(self, **form: str) -> str:
        """Returns where ORCID is to be asked."""
        answer = self.client.post(CONNECT, form)
        assert answer.status_code == 302, answer.content.decode()
        return answer.headers["Location"]

    def connects(self, *, deny: bool = False, at_orcid_as: str = "", **form: str) -> "Answer":
        """The whole way; the page that the person reads in the end."""
        way_back = at_orcid(self.presses_connect(**form), at_orcid_as or self.orcid, deny=deny)
        return self.client.get(way_back, follow=True)

    def reads(self, address: str = ACCOUNTS) -> str:
        return words(self.client.get(address))


def somebody(orcid: SandboxServer, **fields: str) -> Somebody:
    names = {"given_names": "Sofia", "family_name": "Garcia"} | fields
    user = make_user(orcid.add_person(**names), name="Sofia Garcia")
    client = Client()
    client.force_login(user)
    return Somebody(user, client)


def takes(sandbox: SandboxServer, token: str) -> bool:
    """Whether the local ORCID still takes a token: asked for a record, it does not say 401."""
    answer = sandbox.http.get(
        "/api/v3.0/search?q=x", headers={"Authorization": f"Bearer {token}", "Accept": "*/*"}
    )
    return answer.status_code != 401
