"""Privacy: cookies as they are set, and a record of processing that cannot disagree with what happens."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from contacts import held
from portal.cookies import cookies
from portal.processing import activities
from tests.accounts.steps import proved, words
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.sandbox_server import SandboxServer
from tests.signin.steps import sign_in

pytestmark = pytest.mark.django_db
PRIVACY, PROCESSING = "/privacy/", "/privacy/processing/"


def test_cookies_that_are_set_are_those_that_are_listed(orcid: SandboxServer) -> None:
    iD = orcid.add_person(given_names="Lea", family_name="Leaving")  # noqa: N806  # ORCID's spelling
    make_contact(make_member("Alpha", make_consortium("North")), orcid=iD)
    client, seen = Client(), set[str]()

    def visit(address: str) -> Any:
        answer = client.get(address, follow=True)
        seen.update(answer.cookies, client.cookies)
        return answer

    for address in ("/", "/directory/", PRIVACY, "/help/request/", "/accounts/login/"):
        visit(address)
    sign_in(client, iD)
    proved(client)
    for address in ("/", "/me/", "/me/accounts/", "/me/data/", "/me/preferences/", "/tools/alpha/"):
        visit(address)
    client.post("/me/profile/", {})
    visit("/me/accounts/password/")
    client.post("/me/accounts/delete/", {"sure": "on", "at-1-alone": "on"})
    visit("/")

    names = {cookie.name for cookie in cookies()}
    assert seen == names, "list every cookie in portal/cookies.py, and set only necessary ones"


def test_page_lists_each_cookie_with_purpose_and_lifetime(client: Client, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 5 * 3600

    page = words(client.get(PRIVACY))

    for cookie in cookies():
        assert cookie.name in page
        assert cookie.purpose in page
    assert "5 hours" in page


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1800, "30 minutes"), (12 * 3600, "12 hours"), (14 * 86400, "14 days")],
)
def test_h7_every_page_says_alike_when_a_session_ends(
    settings: Any, seconds: int, said: str
) -> None:
    settings.SESSION_COOKIE_AGE = seconds
    untils = {section.key: section.until for section in held.sections(make_user())}

    assert [one.lifetime for one in cookies() if one.name == "sessionid"] == [said]
    assert f"Sessions end after {said}." in activities()[1].until
    assert f"at most {said};" in str(untils["sessions"])


def test_footer_of_every_page_leads_there(client: Client) -> None:
    assert f'<a href="{PRIVACY}">Privacy and cookies</a>' in client.get("/").text


def test_whoever_never_signed_in_reads_what_they_can_do(client: Client) -> None:
    page = words(client.get(PRIVACY))

    assert "this is not me" in page
    assert 'href="/help/request/?kind=data"' in client.get(PRIVACY).text


def test_request_about_data_is_prefilled(client: Client) -> None:
    page = client.get("/help/request/?kind=data").text

    assert re.search(r'value="data"[^>]*checked', page)


RETENTION = sorted(name for name in dir(django_settings) if name.startswith("RETAIN_"))


@pytest.mark.parametrize("name", RETENTION)
def test_h7_record_of_processing_says_how_long_by_the_setting_that_erases(
    client: Client, settings: Any, name: str
) -> None:
    setattr(settings, name, 77)

    assert "77 days" in words(client.get(PROCESSING))


def test_record_names_controller_officer_and_processors(client: Client, settings: Any) -> None:
    settings.CONTROLLER = "Example Consortium, Exampletown"
    settings.CONTROLLER_CONTACT = "privacy@example.org"
    settings.DATA_PROTECTION_OFFICER = "Dora Officer, dpo@example.org"
    settings.DATA_LOCATION = "Servers in Exampletown"
    settings.PROCESSORS = ["Example Hosting (servers)", "Example Mail (e-mail)"]
    make_consortium("North", helpdesk_email="help@north.example")

    page = words(client.get(PROCESSING))

    for said in [
        "Example Consortium, Exampletown", "privacy@example.org", "Dora Officer",
        "Servers in Exampletown", "Example Hosting (servers)", "Example Mail (e-mail)", "North",
    ]:  # fmt: skip
        assert said in page


def test_each_activity_says_all_that_is_asked_of_it() -> None:
    silent = [
        one
        for one in activities()
        if not all([one.purpose, one.people, one.data, one.source, one.recipients, one.until])
    ]

    assert silent == []
