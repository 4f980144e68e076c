import re

import httpx
import pytest

from tests.sandbox.steps import client_source, orcid_work, send
from tests.sandbox_server import SandboxServer

SOFIA = "0009-0009-9900-0011"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/signin",
        "/institutional-signin",
        "/register",
        "/mailbox/",
        "/sandbox/",
        f"/{SOFIA}",
        "/no-such-page",
    ],
)
def test_every_page_says_that_it_is_a_local_sandbox(sandbox: SandboxServer, path: str) -> None:
    page = sandbox.http.get(path)

    assert "LOCAL SANDBOX – not ORCID" in page.text
    assert re.search(r"<title>.+Local ORCID sandbox</title>", page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(
        r"<script|<style|style=|https?://(?!127\.0\.0\.1)[^\"]*\.(?:js|css)", page.text
    )


def test_home_lists_only_applications_that_people_sign_in_to(sandbox: SandboxServer) -> None:
    sandbox.add_client(name="A portal")
    work = orcid_work("Notes", **client_source("APP-REPOSITORY000001", "A repository"))
    sandbox.add_works(SOFIA, work)

    page = sandbox.http.get("/").text

    assert "A portal" in page
    assert "A repository" not in page


def signed_in(browser: httpx.Client, sandbox: SandboxServer) -> bool:
    answer = browser.get(f"{sandbox.base_url}/userStatus.json")
    return bool(answer.json()["loggedIn"])


@pytest.mark.parametrize(
    "login",
    ["0009-0009-9900-002X", "https://orcid.org/0009-0009-9900-002X", "Ada@UNI.example"],
)
def test_people_sign_in_by_id_or_email(
    sandbox: SandboxServer, browser: httpx.Client, login: str
) -> None:
    sandbox.add_person(
        orcid="0009-0008-8800-0019", password="engine-no-1", emails=[{"email": "ada@uni.example"}]
    )
    password = "engine-no-1" if "@" in login else "sandbox"

    answer = send(browser, sandbox, "/signin", login=login, password=password)

    assert answer.status_code == 302
    assert signed_in(browser, sandbox)


def test_wrong_password_does_not_sign_in(sandbox: SandboxServer, browser: httpx.Client) -> None:
    answer = send(browser, sandbox, "/signin", login=SOFIA, password="wrong")

    assert "No record has this e-mail or iD with this password." in answer.text
    assert not signed_in(browser, sandbox)


def test_one_click_signs_in_as_a_person_of_the_file(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    assert SOFIA in sandbox.http.get("/signin").text

    send(browser, sandbox, "/signin/as", orcid=SOFIA)

    assert signed_in(browser, sandbox)


def test_the_sign_out_address_is_a_link_as_at_orcid(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    send(browser, sandbox, "/signin/as", orcid=SOFIA)

    page = browser.get(f"{sandbox.base_url}/signout", follow_redirects=True)

    assert not signed_in(browser, sandbox)
    assert "E-mail or ORCID iD" in page.text


@pytest.mark.parametrize("status", ["locked", "deactivated", "moved"])
def test_owner_of_a_record_that_is_not_active_cannot_sign_in(
    sandbox: SandboxServer, browser: httpx.Client, status: str
) -> None:
    orcid = sandbox.add_person(status=status, moved_to=SOFIA)

    answer = send(browser, sandbox, "/signin", login=orcid, password="sandbox")
    send(browser, sandbox, "/signin/as", orcid=orcid)

    assert "This record" in answer.text
    assert not signed_in(browser, sandbox)


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:x"])
def test_signing_in_never_leads_to_a_foreign_address(
    sandbox: SandboxServer, browser: httpx.Client, target: str
) -> None:
    answer = send(browser, sandbox, f"/signin/as?next={target}", orcid=SOFIA)

    assert answer.headers["location"] == f"/{SOFIA}"


@pytest.mark.parametrize("path", ["/signin", "/register"])
def test_every_way_to_sign_in_or_register_keeps_what_was_interrupted(
    sandbox: SandboxServer, path: str
) -> None:
    page = sandbox.http.get(path, params={"next": "/oauth/authorize?client_id=APP-1"}).text

    kept = "?next=%2Foauth%2Fauthorize%3Fclient_id%3DAPP-1"
    ways = re.findall(r'href="(/(?:signin|register)[^"]*)"', page)
    assert set(ways) == {f"/signin{kept}", f"/register{kept}"}


def register(browser: httpx.Client, sandbox: SandboxServer, **changed: str) -> httpx.Response:
    form = {
        "given_names": "Zoë",
        "family_name": "Quist",
        "email": "zoe@uni.example",
        "email_visibility": "private",
        "password": "not-a-real-one",
        **changed,
    }
    return send(browser, sandbox, "/register", **form)


def test_registering_makes_a_valid_id_with_a_verified_email(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    orcid = register(browser, sandbox).headers["location"].removeprefix("/")

    people = sandbox.http.get("/sandbox/people.json").json()["people"]
    (person,) = [person for person in people if person["orcid"] == orcid]
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    assert orcid.startswith("0009-")
    assert orcid[-1] == "0123456789X"[(12 - total % 11) % 11]
    assert person["emails"] == [
        {"email": "zoe@uni.example", "verified": True, "primary": True, "visibility": "private"}
    ]
    assert person["password"] is None
    assert signed_in(browser, sandbox)


def test_registration_hides_the_email_by_default_and_says_it_is_verified(
    sandbox: SandboxServer,
) -> None:
    page = sandbox.http.get("/register").text

    assert re.search(r'value="private"[^>]*checked', page)
    assert "Counts as verified at once: this is a sandbox." in page


def test_password_of_a_registered_person_is_not_shown(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    register(browser, sandbox)

    page = sandbox.http.get("/signin").text

    assert "Quist" not in page
    assert "not-a-real-one" not in page


def test_email_of_somebody_else_cannot_be_registered(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    answer = register(browser, sandbox, email="Sofia.Garcia@northfield.example")

    assert "There is a record with this e-mail" in answer.text
    assert not signed_in(browser, sandbox)


def test_get_user_status_signs_out(sandbox: SandboxServer, browser: httpx.Client) -> None:
    send(browser, sandbox, "/signin/as", orcid=SOFIA)

    answer = browser.get(f"{sandbox.base_url}/userStatus.json?logUserOut=true")

    assert answer.json() == {"loggedIn": False}
    assert not signed_in(browser, sandbox)


def test_record_page_shows_strangers_only_what_is_public(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person(
        given_names="Mei",
        name_visibility="limited",
        emails=[
            {"email": "open@uni.example", "visibility": "public"},
            {"email": "closed@uni.example", "visibility": "private"},
        ],
    )

    page = sandbox.http.get(f"/{orcid}").text
    assert "open@uni.example" in page
    assert not re.search("Mei|closed@uni.example", page)

    send(browser, sandbox, "/signin/as", orcid=orcid)
    assert "closed@uni.example" in browser.get(f"{sandbox.base_url}/{orcid}").text


def test_page_of_a_moved_record_leads_to_the_new_one(sandbox: SandboxServer) -> None:
    old = sandbox.add_person(status="moved", moved_to=SOFIA)

    assert sandbox.http.get(f"/{old}").headers["location"] == f"/{SOFIA}"


def test_cookies_have_names_of_their_own(sandbox: SandboxServer, browser: httpx.Client) -> None:
    send(browser, sandbox, "/signin/as", orcid=SOFIA)

    assert set(browser.cookies) == {"sandbox_sessionid", "sandbox_csrftoken"}
