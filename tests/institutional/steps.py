"""What people do to sign in through an institution."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.test import Client

from contacts.models import InstitutionalSignIn, User
from tests.institutional.idps import OidcIdp, Posted, SamlIdp
from tests.signin.steps import heading

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

NOT_CHECKED = "We could not check your institution’s answer"
NO_LONGER = "This sign-in is no longer valid"


def start(client: Client, row: InstitutionalSignIn, **form: str) -> str:
    """Press the button; where the institution's page is."""
    answer = client.post(f"/accounts/institutions/{row.slug}/login/", form)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.context["url"])


def back_with(client: Client, url: str) -> "Answer":
    parts = urlsplit(url)
    return client.get(f"{parts.path}?{parts.query}")


def post_on(client: Client, posted: Posted) -> "Answer":
    """As the browser does: posted without the portal's cookies, then on with them."""
    stranger = Client()
    answer = stranger.post(posted.path, posted.form)
    if answer.status_code != 302:
        return answer
    client.cookies["institution-sign-in"] = stranger.cookies["institution-sign-in"].value
    return client.get(answer["Location"])


def by_oidc(
    client: Client, idp: OidcIdp, row: InstitutionalSignIn, username: str = "sofia", **form: str
) -> "Answer":
    return back_with(client, idp.walk(start(client, row, **form), username))


def by_saml(
    client: Client, idp: SamlIdp, row: InstitutionalSignIn, username: str = "noor", **form: str
) -> "Answer":
    return post_on(client, idp.walk(start(client, row, **form), username))


def signed_in(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def refused(answer: "Answer", client: Client) -> tuple[str, bool, Any]:
    """Heading, whether the local help is named, and who is signed in."""
    page = answer.content.decode()
    return heading(answer), "at your institution:" in page, signed_in(client)
