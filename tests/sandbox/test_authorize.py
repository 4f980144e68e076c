import re

import httpx
import pytest

from tests.sandbox.steps import authorize_url, parameters, user_token
from tests.sandbox_server import SandboxClient, SandboxServer, authorize


def test_granting_leads_back_with_a_code_and_the_state(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()

    back = authorize(browser, authorize_url(sandbox, member, state="a b&c"), orcid)

    assert back.startswith(f"{member.redirect_uri}?")
    answer = parameters(back)
    assert answer["state"] == "a b&c"
    assert re.fullmatch(r"[0-9A-Za-z]{6}", answer["code"])


def test_denying_leads_back_with_access_denied_and_the_state(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()

    back = authorize(browser, authorize_url(sandbox, member, state="s"), orcid, deny=True)

    assert parameters(back) == {
        "error": "access_denied",
        "error_description": "User denied access",
        "state": "s",
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "APP-NOBODY0000000001"},
        {"redirect_uri": ""},
        {"redirect_uri": "http://127.0.0.1:8001/callback"},
        {"redirect_uri": "https://127.0.0.1:8000/callback"},
        {"redirect_uri": "http://user@127.0.0.1:8000/callback"},
        {"redirect_uri": "http://127.0.0.1:8000/other"},
        {"redirect_uri": "http://127.0.0.1:8000.evil.example/callback"},
        {"redirect_uri": "http://[callback"},
    ],
)
def test_unknown_client_or_address_is_told_on_a_page_without_redirect(
    sandbox: SandboxServer, member: SandboxClient, changed: dict[str, str]
) -> None:
    answer = sandbox.http.get(authorize_url(sandbox, member, **changed))

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert re.search("invalid_client|redirect_uri_mismatch", answer.text)


def test_redirect_address_may_go_on_after_the_registered_path(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    longer = f"{member.redirect_uri}/orcid/?from=here"

    back = authorize(
        browser, authorize_url(sandbox, member, redirect_uri=longer), sandbox.add_person()
    )

    assert back.startswith(f"{longer}&code=")


@pytest.mark.parametrize("scope", ["", "/no-such-scope", "/orcid-profile/create", "/read-public"])
def test_scope_that_cannot_be_asked_for_is_sent_back_as_invalid_scope(
    sandbox: SandboxServer, member: SandboxClient, scope: str
) -> None:
    answer = sandbox.http.get(authorize_url(sandbox, member, scope=scope, state="s"))

    told = parameters(answer.headers["location"])
    assert told["error"] == "invalid_scope"
    assert told["error_description"].startswith("Invalid scope: ")
    assert told["state"] == "s"


def test_public_client_cannot_ask_for_member_scopes(
    sandbox: SandboxServer, public_client: SandboxClient
) -> None:
    answer = sandbox.http.get(authorize_url(sandbox, public_client, scope="openid /read-limited"))

    assert parameters(answer.headers["location"])["error"] == "invalid_scope"


def test_scopes_that_orcid_ignores_or_drops_are_not_granted(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    scope = "openid profile email /read-public /webhook"

    token = user_token(sandbox, member, sandbox.add_person(), scope=scope)

    assert token["scope"] == "openid"


def test_consent_page_names_the_client_and_each_permission_in_words(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()
    authorize(browser, authorize_url(sandbox, member), orcid)

    page = browser.get(
        authorize_url(sandbox, member, scope="openid /read-limited /activities/update")
    ).text

    assert "Test client asks for your permission" in page
    assert re.findall(r"<li>([^<]+)</li>", page) == [
        "Get your ORCID iD",
        "Read your information with visibility set to Trusted parties",
        "Add and update your research activities (works, affiliations, funding and so on)",
    ]


def redirects_at_once(browser: httpx.Client, url: str) -> bool:
    return "code=" in browser.get(url, follow_redirects=False).headers.get("location", "")


def test_consent_is_not_asked_again_for_exactly_the_same_scopes(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()
    user_token(sandbox, member, orcid, scope="openid /read-limited")
    authorize(browser, authorize_url(sandbox, member), orcid)

    assert redirects_at_once(browser, authorize_url(sandbox, member, scope="/read-limited openid"))
    assert not redirects_at_once(browser, authorize_url(sandbox, member, scope="/read-limited"))


def test_prompt_confirm_asks_again(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()
    user_token(sandbox, member, orcid)
    authorize(browser, authorize_url(sandbox, member), orcid)

    assert not redirects_at_once(browser, authorize_url(sandbox, member, prompt="confirm"))


def test_consent_is_asked_again_after_the_token_was_revoked(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()
    token = user_token(sandbox, member, orcid)
    authorize(browser, authorize_url(sandbox, member), orcid)

    sandbox.http.post(
        "/oauth/revoke",
        data={
            "client_id": member.client_id,
            "client_secret": member.client_secret,
            "token": token["access_token"],
        },
    )

    assert not redirects_at_once(browser, authorize_url(sandbox, member))


@pytest.mark.parametrize("demand", [{"prompt": "login"}, {"max_age": "0"}])
def test_fresh_sign_in_can_be_demanded(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client, demand: dict[str, str]
) -> None:
    orcid = sandbox.add_person()
    url = authorize_url(sandbox, member, **demand)
    authorize(browser, authorize_url(sandbox, member), orcid)

    demanded = browser.get(url, follow_redirects=False).headers["location"]
    skipped = browser.get(f"{sandbox.base_url}{parameters(demanded)['next']}")

    assert demanded.startswith("/signin?")
    assert skipped.headers["location"].startswith("/signin?")
    assert "code" in parameters(authorize(browser, url, orcid))


def test_prompt_none_needs_a_session_and_then_a_grant(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()
    silent = authorize_url(sandbox, member, prompt="none", state="s")

    def answer() -> dict[str, str]:
        return parameters(browser.get(silent, follow_redirects=False).headers["location"])

    assert answer() == {"error": "login_required", "state": "s"}
    authorize(browser, authorize_url(sandbox, member), orcid, deny=True)
    assert answer() == {"error": "interaction_required", "state": "s"}
    user_token(sandbox, member, orcid)
    assert "code" in answer()


def test_prompt_without_openid_is_not_read(sandbox: SandboxServer, member: SandboxClient) -> None:
    url = authorize_url(sandbox, member, prompt="none", scope="/authenticate")

    assert sandbox.http.get(url).headers["location"].startswith("/signin?")


def test_known_person_is_prefilled_on_the_sign_in_form(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    orcid = sandbox.add_person()

    page = browser.get(authorize_url(sandbox, member, orcid=orcid), follow_redirects=True)

    assert page.url.path == "/signin"
    assert f'name="login" value="{orcid}"' in page.text


def test_unknown_person_is_prefilled_on_the_registration_form(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    about = {"email": "new@uni.example", "given_names": "Zoë", "family_names": "Quist"}

    page = browser.get(authorize_url(sandbox, member, **about), follow_redirects=True)

    assert page.url.path == "/register"
    for value in about.values():
        assert f'value="{value}"' in page.text


def test_registering_on_the_way_continues_the_authorization(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    form = browser.get(
        authorize_url(sandbox, member, given_names="Zoë", state="s"), follow_redirects=True
    )

    consent = browser.post(
        form.url,
        data={
            "given_names": "Zoë",
            "email": "zoe@uni.example",
            "email_visibility": "private",
            "password": "not-a-real-one",
            "csrfmiddlewaretoken": browser.cookies["sandbox_csrftoken"],
        },
        follow_redirects=True,
    )

    assert consent.url.path == "/oauth/authorize"
    assert "Test client asks for your permission" in consent.text
