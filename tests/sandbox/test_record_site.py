"""What a person does on their own record: works and trusted organisations."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.steps import (
    bearer,
    client_source,
    external_id,
    external_ids,
    orcid_work,
    published,
    read,
    send,
    titles,
    user_token,
)
from tests.sandbox_server import SandboxClient, SandboxServer

DOI = "10.5555/12345678"


@pytest.fixture
def ada(sandbox: SandboxServer, browser: httpx.Client, member: SandboxClient) -> str:
    """Somebody signed in, with one work in two versions and a private one."""
    repository = client_source(member.client_id, "Repository")
    works = [
        orcid_work("Typed by Ada", doi=DOI, **published("2021", "03")),
        orcid_work("Sent by the repository", doi=DOI, **published("2020"), **repository),
        orcid_work("For Ada alone", visibility="private"),
    ]
    orcid = sandbox.add_person(given_names="Ada", family_name="Quist", works=works)
    send(browser, sandbox, "/signin/as", orcid=orcid)
    return orcid


def page_of(browser: httpx.Client, sandbox: SandboxServer, path: str = "/my-orcid") -> str:
    return browser.get(f"{sandbox.base_url}{path}").text


def path_to(page: str, what: str, title: str) -> str:
    """The address behind a link to do `what` with the work of this title."""
    (path,) = re.findall(rf'href="([^"]+)" aria-label="{what}: {title}"', page)
    return str(path)


def put_code_of(page: str, title: str) -> str:
    (code,) = re.findall(r"/works/(\d+)/", path_to(page, "Delete", title))
    return str(code)


def public_works(sandbox: SandboxServer, orcid: str) -> dict[str, Any]:
    works: dict[str, Any] = read(sandbox, f"/{orcid}/works").json()
    return works


def work_form(**changed: str) -> dict[str, str]:
    return {
        "title": "A new one",
        "type": "book",
        "year": "2019",
        "month": "04",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        **changed,
    }


def test_works_stand_in_groups_with_the_preferred_version_first(
    sandbox: SandboxServer, browser: httpx.Client, ada: str
) -> None:
    page = page_of(browser, sandbox)

    assert re.findall(r"<h3[^>]*>([^<]+)<", page) == [
        "Sent by the repository",
        "Typed by Ada",
        "For Ada alone",
    ]
    assert '<span class="count">2</span>' in page
    assert "2 sources for this work" in page
    assert "March 2021" in page


def test_others_see_public_works_only(
    sandbox: SandboxServer, browser: httpx.Client, ada: str
) -> None:
    page = sandbox.http.get(f"/{ada}").text

    assert "Sent by the repository" in page
    assert "For Ada alone" not in page
    assert "For Ada alone" in page_of(browser, sandbox)


def test_hidden_name_is_not_betrayed_as_a_source(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(
        given_names="Mei", name_visibility="private", works=[orcid_work("Open work")]
    )

    page = sandbox.http.get(f"/{orcid}").text

    assert "Open work" in page
    assert "Mei" not in page


def test_work_is_added_by_hand(sandbox: SandboxServer, browser: httpx.Client, ada: str) -> None:
    identifier = {
        "form-0-type": "doi",
        "form-0-value": DOI.upper(),
        "form-0-relationship": "version-of",
    }

    send(browser, sandbox, "/my-orcid/works/add", **work_form(**identifier))

    group = public_works(sandbox, ada)["group"][0]["work-summary"]
    (added,) = (item for item in group if item["title"]["title"]["value"] == "A new one")
    assert len(group) == 3
    assert added["source"]["source-orcid"]["path"] == ada
    assert added["publication-date"] == {
        "year": {"value": "2019"},
        "month": {"value": "04"},
        "day": None,
    }
    assert added["type"] == "book"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"year": ""}, "A month needs its year."),
        ({"month": "", "day": "3"}, "A day needs its month."),
        ({"form-0-value": "10.1/x"}, "Say what kind of identifier this is."),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_work_that_cannot_be_is_refused(
    sandbox: SandboxServer, browser: httpx.Client, ada: str, changed: dict[str, str], words: str
) -> None:
    answer = send(browser, sandbox, "/my-orcid/works/add", **work_form(**changed))

    assert words in answer.text
    assert "A new one" not in str(public_works(sandbox, ada))


def test_own_work_is_edited_and_keeps_what_the_form_does_not_ask_for(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    linked = external_id("doi", DOI) | {"external-id-url": {"value": f"https://doi.org/{DOI}"}}
    cited: dict[str, Any] = {"citation": {"citation-type": "bibtex", "citation-value": "@book{x}"}}
    work = orcid_work("Befor", **external_ids(linked), **cited)
    orcid = sandbox.add_person(works=[work])
    send(browser, sandbox, "/signin/as", orcid=orcid)
    path = path_to(page_of(browser, sandbox), "Edit", "Befor")
    assert f'value="{DOI}"' in page_of(browser, sandbox, path)

    form = work_form(title="After", month="", **{"form-INITIAL_FORMS": "1"})
    kept = {"form-0-type": "doi", "form-0-value": DOI, "form-0-relationship": "self"}
    send(browser, sandbox, path, **form, **kept)

    (group,) = public_works(sandbox, orcid)["group"]
    (summary,) = group["work-summary"]
    assert summary["title"]["title"]["value"] == "After"
    assert summary["external-ids"]["external-id"][0]["external-id-url"] == {
        "value": f"https://doi.org/{DOI}"
    }
    whole = read(sandbox, f"/{orcid}/work/{summary['put-code']}").json()
    assert whole["citation"] == cited["citation"]


def test_of_an_organisations_work_a_copy_is_edited(
    sandbox: SandboxServer, browser: httpx.Client, ada: str
) -> None:
    path = path_to(page_of(browser, sandbox), "Make a copy and edit", "Sent by the repository")
    copy = {"form-0-type": "doi", "form-0-value": DOI, "form-0-relationship": "self"}

    form = work_form(title="Ada's copy", **{"form-INITIAL_FORMS": "1"})
    send(browser, sandbox, path, **form, **copy)

    (group,) = titles(public_works(sandbox, ada))
    assert sorted(group) == ["Ada's copy", "Sent by the repository", "Typed by Ada"]


def test_work_is_deleted_after_a_question(
    sandbox: SandboxServer, browser: httpx.Client, ada: str
) -> None:
    path = path_to(page_of(browser, sandbox), "Delete", "Sent by the repository")
    assert "Delete this work?" in page_of(browser, sandbox, path)
    assert titles(public_works(sandbox, ada)) == [["Sent by the repository", "Typed by Ada"]]

    send(browser, sandbox, path)

    assert titles(public_works(sandbox, ada)) == [["Typed by Ada"]]


def test_visibility_is_set_for_all_versions_at_once(
    sandbox: SandboxServer, browser: httpx.Client, ada: str
) -> None:
    code = put_code_of(page_of(browser, sandbox), "Sent by the repository")

    send(browser, sandbox, f"/my-orcid/works/{code}/visibility", visibility="limited")

    assert titles(public_works(sandbox, ada)) == []


def test_preferred_version_stands_for_the_work(
    sandbox: SandboxServer, browser: httpx.Client, ada: str
) -> None:
    code = put_code_of(page_of(browser, sandbox), "Typed by Ada")

    send(browser, sandbox, f"/my-orcid/works/{code}/prefer")

    assert titles(public_works(sandbox, ada)) == [["Typed by Ada", "Sent by the repository"]]


@pytest.mark.parametrize("what", ["edit", "delete", "visibility", "prefer"])
def test_nobody_touches_somebody_elses_work(
    sandbox: SandboxServer, browser: httpx.Client, ada: str, what: str
) -> None:
    code = put_code_of(page_of(browser, sandbox), "Typed by Ada")
    before = public_works(sandbox, ada)
    send(browser, sandbox, "/signin/as", orcid=sandbox.add_person())

    form = work_form(visibility="private")
    answer = send(browser, sandbox, f"/my-orcid/works/{code}/{what}", **form)

    assert answer.status_code == 404
    assert public_works(sandbox, ada) == before


@pytest.mark.parametrize("path", ["/my-orcid", "/my-orcid/works/add", "/trusted-parties"])
def test_strangers_are_sent_to_the_sign_in_and_come_back(
    sandbox: SandboxServer, browser: httpx.Client, path: str
) -> None:
    to_sign_in = browser.get(f"{sandbox.base_url}{path}").headers["location"]

    orcid = sandbox.add_person()
    back = send(browser, sandbox, to_sign_in, login=orcid, password="sandbox")

    assert back.headers["location"] == path


def test_a_long_record_comes_in_pages(sandbox: SandboxServer, browser: httpx.Client) -> None:
    works = [orcid_work(f"Work {number:03}") for number in range(51)]
    orcid = sandbox.add_person(works=works)
    send(browser, sandbox, "/signin/as", orcid=orcid)

    second = page_of(browser, sandbox, "/my-orcid?page=2")

    assert re.findall(r"<h3[^>]*>([^<]+)<", second) == ["Work 050"]
    code = put_code_of(second, "Work 050")
    hidden = send(
        browser, sandbox, f"/my-orcid/works/{code}/visibility?page=2", visibility="private"
    )
    assert hidden.headers["location"] == "/my-orcid?page=2&done=visibility"


def test_addresses_that_are_none_are_no_links(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    evil = orcid_work("<script>alert(1)</script>", url={"value": "javascript:alert(1)"})
    orcid = sandbox.add_person(works=[evil])

    page = sandbox.http.get(f"/{orcid}").text

    assert "&lt;script&gt;" in page
    assert "javascript:" not in page


def test_trusted_organisation_is_shown_and_revoked(
    sandbox: SandboxServer, browser: httpx.Client, member: SandboxClient, ada: str
) -> None:
    first = user_token(sandbox, member, ada, scope="/read-limited")["access_token"]
    second = user_token(sandbox, member, ada, scope="/activities/update")["access_token"]
    page = page_of(browser, sandbox, "/trusted-parties")
    (revoke,) = re.findall(r'action="(/trusted-parties/\d+/revoke)"', page)
    assert page.count("Test client") == 2  # the name, and the button's label
    assert "Read your information with visibility set to Trusted parties" in page
    assert "Add and update your research activities" in page

    send(browser, sandbox, revoke)

    for token in (first, second):
        assert read(sandbox, f"/{ada}/works", token).json()["error"] == "invalid_token"
    assert "Test client" not in page_of(browser, sandbox, "/trusted-parties")


def test_token_that_its_owner_revoked_still_deletes(
    sandbox: SandboxServer, browser: httpx.Client, member: SandboxClient, ada: str
) -> None:
    token = user_token(sandbox, member, ada, scope="/activities/update")["access_token"]
    page = page_of(browser, sandbox, "/trusted-parties")
    (revoke,) = re.findall(r'action="(/trusted-parties/\d+/revoke)"', page)
    path = f"/api/v3.0/{ada}/work/1"

    send(browser, sandbox, revoke)
    answers = [
        sandbox.http.request(method, path, headers=bearer(token))
        for method in ("GET", "PUT", "DELETE")
    ]

    refused = [answer.json().get("error") == "invalid_token" for answer in answers]
    assert refused == [True, True, False]


def test_consent_is_asked_again_after_revoking(
    sandbox: SandboxServer, browser: httpx.Client, member: SandboxClient, ada: str
) -> None:
    user_token(sandbox, member, ada, scope="/read-limited")
    asked = {
        "client_id": member.client_id,
        "redirect_uri": member.redirect_uri,
        "response_type": "code",
        "scope": "/read-limited",
    }
    authorize = httpx.URL(f"{sandbox.base_url}/oauth/authorize", params=asked)
    assert "code=" in browser.get(authorize).headers["location"]
    page = page_of(browser, sandbox, "/trusted-parties")
    (revoke,) = re.findall(r'action="(/trusted-parties/\d+/revoke)"', page)

    send(browser, sandbox, revoke)

    assert "asks for your permission" in browser.get(authorize).text
