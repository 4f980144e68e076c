"""Sign-in at ORCID by way of one's institution."""

import re

import httpx

from tests.sandbox.steps import authorize_url, send
from tests.sandbox_server import SandboxClient, SandboxServer

SOFIA = "0009-0009-9900-0011"


def signed_in(browser: httpx.Client, sandbox: SandboxServer) -> bool:
    answer = browser.get(f"{sandbox.base_url}/userStatus.json")
    return bool(answer.json()["loggedIn"])


def institution_path(sandbox: SandboxServer, name: str = "University of Northfield") -> str:
    page = sandbox.http.get("/institutional-signin", params={"q": name}).text
    (path,) = re.findall(rf'href="(/institutions/\d+)">{name}<', page)
    return str(path)


def test_institution_is_found_by_words_of_its_name(sandbox: SandboxServer) -> None:
    page = sandbox.http.get("/institutional-signin?q=northfield+univ").text
    nothing = sandbox.http.get("/institutional-signin?q=atlantis").text

    assert "University of Northfield" in page
    assert "Southgate Institute" not in page
    assert "No institution is called “atlantis”." in nothing


def test_account_is_linked_once_by_password_and_opens_the_record_from_then_on(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    path = institution_path(sandbox)

    to_linking = send(browser, sandbox, path, user_name="SGarcia")
    assert to_linking.headers["location"] == "/institutional-linking"
    assert not signed_in(browser, sandbox)
    page = browser.get(f"{sandbox.base_url}/institutional-linking").text
    assert "sgarcia" in page
    assert "University of Northfield" in page
    linked = send(browser, sandbox, "/institutional-linking", login=SOFIA, password="sandbox")
    assert linked.headers["location"] == f"/{SOFIA}"
    assert signed_in(browser, sandbox)

    send(browser, sandbox, "/signout")
    straight_in = send(browser, sandbox, path, user_name="sgarcia ")
    assert straight_in.headers["location"] == f"/{SOFIA}"
    assert signed_in(browser, sandbox)


def test_wrong_password_links_nothing(sandbox: SandboxServer, browser: httpx.Client) -> None:
    path = institution_path(sandbox)
    send(browser, sandbox, path, user_name="sgarcia")

    refused = send(browser, sandbox, "/institutional-linking", login=SOFIA, password="wrong")

    assert "No record has this e-mail or iD with this password." in refused.text
    again = send(browser, sandbox, path, user_name="sgarcia")
    assert again.headers["location"] == "/institutional-linking"


def test_same_user_name_at_another_institution_is_somebody_else(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    send(browser, sandbox, institution_path(sandbox), user_name="sgarcia")
    send(browser, sandbox, "/institutional-linking", login=SOFIA, password="sandbox")
    send(browser, sandbox, "/signout")

    other = institution_path(sandbox, "Southgate Institute")
    answer = send(browser, sandbox, other, user_name="sgarcia")

    assert answer.headers["location"] == "/institutional-linking"
    assert not signed_in(browser, sandbox)


def test_authorization_goes_on_after_the_institution(
    sandbox: SandboxServer, browser: httpx.Client, member: SandboxClient
) -> None:
    asked = authorize_url(sandbox, member).removeprefix(sandbox.base_url)
    found = sandbox.http.get("/institutional-signin", params={"q": "Northfield", "next": asked})
    (path,) = re.findall(r'href="(/institutions/[^"]+)"', found.text)

    to_linking = send(browser, sandbox, path, user_name="sgarcia").headers["location"]
    back = send(browser, sandbox, to_linking, login=SOFIA, password="sandbox")

    consent = browser.get(f"{sandbox.base_url}{back.headers['location']}")
    assert f"{'Test client'} asks for your permission" in consent.text


def test_account_is_linked_to_a_record_that_is_registered_on_the_way(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    path = institution_path(sandbox)
    send(browser, sandbox, path, user_name="zquist")
    assert "zquist" in browser.get(f"{sandbox.base_url}/register").text

    registered = send(
        browser,
        sandbox,
        "/register",
        given_names="Zoë",
        email="zoe@uni.example",
        email_visibility="private",
        password="not-a-real-one",
    )
    send(browser, sandbox, "/signout")

    straight_in = send(browser, sandbox, path, user_name="zquist")
    assert straight_in.headers["location"] == registered.headers["location"]


def test_account_left_unlinked_is_not_linked_to_who_signs_in_next(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    path = institution_path(sandbox)
    send(browser, sandbox, path, user_name="somebody")
    send(browser, sandbox, "/signin/as", orcid=SOFIA)

    page = browser.get(f"{sandbox.base_url}/trusted-parties").text

    assert "somebody" not in page
    led_on = browser.get(f"{sandbox.base_url}/institutional-linking")
    assert led_on.headers["location"] == "/institutional-signin"


def test_account_can_be_unlinked(sandbox: SandboxServer, browser: httpx.Client) -> None:
    path = institution_path(sandbox)
    send(browser, sandbox, path, user_name="sgarcia")
    send(browser, sandbox, "/institutional-linking", login=SOFIA, password="sandbox")
    page = browser.get(f"{sandbox.base_url}/trusted-parties").text
    (unlink,) = re.findall(r'action="(/institutions/accounts/\d+/unlink)"', page)

    send(browser, sandbox, unlink)
    send(browser, sandbox, "/signout")

    answer = send(browser, sandbox, path, user_name="sgarcia")
    assert answer.headers["location"] == "/institutional-linking"


def test_account_of_a_locked_record_opens_nothing(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    path = institution_path(sandbox)
    send(browser, sandbox, path, user_name="sgarcia")
    send(browser, sandbox, "/institutional-linking", login=SOFIA, password="sandbox")
    send(browser, sandbox, "/signout")
    sandbox.set_status(SOFIA, "locked")

    answer = send(browser, sandbox, path, user_name="sgarcia")

    assert "This record is locked." in answer.text
    assert not signed_in(browser, sandbox)
