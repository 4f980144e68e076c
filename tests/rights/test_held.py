"""What is held about me: nothing is forgotten, nothing secret is shown, nothing of others."""

import csv
import io
import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts import held
from contacts.models import HelpRequest, Invitation, Mail, Role
from contacts.services.invitations import invite_contact
from integrations.orcid.models import Connection
from integrations.works.models import PermissionRequest
from members.actors import Actor
from members.models import Event
from tests.accounts.steps import proved_client, words
from tests.factories import make_member, make_user, make_work
from tests.lead.desk import client_of
from tests.rights.relations import relations_to_people
from tests.rights.somebody import NAME, OTHER, PROVED, Somebody, make_somebody

pytestmark = pytest.mark.django_db
PAGE, JSON, CSV = "/me/data/", "/me/data/held.json", "/me/data/held.csv"

# Neither shown nor forgotten: why.
EXPLAINED = {
    "contacts.User.became": "the account that two became",
    "contacts.AgreementRecord.email": "of people without an iD, who have no account (design: words)",
    "contacts.Profile.picture": "shown with the account",
}


@pytest.fixture
def somebody() -> Somebody:
    return make_somebody()


def test_every_relation_to_a_person_is_in_a_section_or_explained() -> None:
    covered = set[str]().union(*(section.covers for section in held.sections(make_user())))

    assert relations_to_people() - covered - set(EXPLAINED) == set()


def test_no_section_covers_what_is_not_there() -> None:
    for section in held.sections(make_user()):
        for name in section.covers:
            label, _dot, field = name.rpartition(".")
            model = apps.get_model(label)
            assert model._meta.get_field(field), name


def test_every_section_says_why_where_from_how_long_and_who_sees_it(somebody: Somebody) -> None:
    silent = [
        section.key
        for section in held.sections(somebody.user)
        if not all([section.title, section.source, section.why, section.until, section.seen_by])
    ]

    assert silent == []


def test_everything_a_person_has_is_on_the_page(somebody: Somebody) -> None:
    empty = {section.key for section in held.sections(somebody.user) if not list(section.values(1))}

    assert empty == {"announcements"}


def download(client: Client, address: str) -> str:
    response: Any = client.get(address)
    assert response.status_code == 200, response
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_json_has_every_section_with_its_words_and_rows(somebody: Somebody) -> None:
    found = json.loads(download(proved_client(somebody.user), JSON))

    assert [one["section"] for one in found["sections"]] == [
        section.key for section in held.sections(somebody.user)
    ]
    works = next(one for one in found["sections"] if one["section"] == "works")
    assert works["rows"][0]["title"] == "On private matters"
    assert works["rows"][0]["visibility"] == "Only me"
    assert "As long as your account" in works["kept_until"]


def test_json_says_in_words_what_its_fields_are_a_line_for_each_row(somebody: Somebody) -> None:
    text = download(proved_client(somebody.user), JSON)

    account = json.loads(text)["sections"][0]
    assert account["fields"]["last_login"] == "Last sign-in"
    assert set(account["fields"]) == set(account["rows"][0])
    assert f'\n  {{"username": "{somebody.user.username}"' in text


def test_picture_is_an_address_that_opens_for_its_person() -> None:
    user = make_user()
    user.picture = "people/5f0c.webp"
    user.save()

    page = client_of(user).get(PAGE).content.decode()

    address = "http://testserver/me/profile/picture"
    assert f'<dd><a href="{address}">{address}</a></dd>' in page
    assert "5f0c.webp</dd>" not in page


def test_hours_are_said_as_people_say_them() -> None:
    untils = {section.key: section.until for section in held.sections(make_user())}

    assert untils["sessions"] == "Until the session ends, at most 12 hours; then at most a day."


def test_csv_has_a_line_for_each_value(somebody: Somebody) -> None:
    rows = list(csv.DictReader(io.StringIO(download(proved_client(somebody.user), CSV))))

    [title] = [row for row in rows if (row["section"], row["field"]) == ("works", "title")]
    assert title == {
        "section": "works", "row": "1", "field": "title", "value": "On private matters",
        "section_title": "Your publications", "field_title": "Title",
    }  # fmt: skip


def test_h5_no_cell_is_a_formula() -> None:
    user = make_user(name="=HYPERLINK()")
    make_work(user, "+44")

    rows = list(csv.DictReader(io.StringIO(download(proved_client(user), CSV))))

    values = {row["field"]: row["value"] for row in rows}
    assert (values["title"], values["name"]) == ("'+44", "'=HYPERLINK()")


SECRETS = ["a-factors-secret", "access-", "refresh-", "a-session-key", "token_hash", "mt_"]


@pytest.mark.parametrize("address", [JSON, CSV])
def test_no_secret_is_in_a_download(somebody: Somebody, address: str) -> None:
    Connection.objects.update(access_token="access-x", refresh_token="refresh-x")

    text = download(proved_client(somebody.user), address)

    assert somebody.orcid in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("address", [JSON, CSV])
def test_nothing_of_others_is_in_a_download(somebody: Somebody, address: str) -> None:
    text = download(proved_client(somebody.user), address)

    assert "Otto" not in text
    assert somebody.other.email not in text
    assert somebody.other.orcid not in text


def test_somebody_else_is_told_nothing_of_it(somebody: Somebody) -> None:
    stranger = make_user(name="Stella Stranger")

    text = download(proved_client(stranger), JSON)

    assert "Stella Stranger" in text
    assert [one for one in somebody.strings if one in text] == []


def test_an_address_that_is_not_proved_shows_nothing(somebody: Somebody) -> None:
    stranger = make_user(email=PROVED)
    EmailAddress.objects.create(user=stranger, email=OTHER)

    text = download(proved_client(stranger), JSON)

    assert "Alpha" not in text


def test_whoever_shares_the_mailbox_sees_what_was_sent_there_and_nothing_of_the_other(
    somebody: Somebody,
) -> None:
    """The library's mailbox, which two people read: what is known to be the one's is not the other's."""
    shared = "library@alpha.example"
    colleague = make_user()
    EmailAddress.objects.create(user=colleague, email=shared, verified=True)
    member = make_member("Zeta")
    pending = invite_contact(
        member_id=member.pk, email=shared, roles=[Role.COMMS], by=Actor.system()
    )
    Invitation.objects.exclude(pk=pending.pk).update(email=shared, contact=somebody.contact)
    HelpRequest.objects.exclude(user=None).update(email=shared)
    Mail.objects.filter(contact=somebody.contact).update(to=shared)
    PermissionRequest.objects.update(email=shared)

    text = download(proved_client(colleague), JSON)

    assert "Zeta" in text
    assert [one for one in somebody.strings if one in text] == []
    assert [one for one in ("Gamma", "Alpha", "Spring") if one in text] == []


def test_page_shows_the_first_rows_and_leads_to_where_they_are_changed(
    somebody: Somebody,
) -> None:
    client = client_of(somebody.user)

    page = words(client.get(PAGE))

    assert NAME in page
    assert "On private matters" in page
    assert "Who sees it" in page
    assert 'href="/me/publications/"' in client.get(PAGE).text


def test_page_calls_things_as_the_history_does(somebody: Somebody) -> None:
    page = words(client_of(somebody.user).get(PAGE))

    assert f"Name: {NAME}; ORCID iD: {somebody.orcid}" in page


@pytest.mark.parametrize("address", [JSON, CSV])
def test_many_rows_do_not_keep_a_worker_for_minutes(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Django's `get_…_display` translates all hundred kinds of events to say one."""

    def slow(_row: Model, _field: object) -> str:
        raise AssertionError

    monkeypatch.setattr(Model, "_get_FIELD_display", slow)

    text = download(proved_client(somebody.user), address)

    assert str(Event.Kind.CONTACT_CHANGED.label) in text
    assert str(Event.Capacity.CONTACT.label) in text


@pytest.mark.parametrize("address", [JSON, CSV])
def test_downloads_ask_for_proof_first_and_lead_back_to_the_page(
    somebody: Somebody, address: str
) -> None:
    response = client_of(somebody.user).get(address)

    proof = "/me/accounts/confirm/?next=%2Fme%2Fdata%2F"
    assert (response.status_code, response["Location"]) == (302, proof)


def test_the_page_says_that_the_proof_was_given(somebody: Somebody) -> None:
    told = "You have just shown that it is you"

    assert told in proved_client(somebody.user).get(PAGE).content.decode()
    assert told not in client_of(somebody.user).get(PAGE).content.decode()


def test_the_page_says_how_long_the_proof_counts(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.pages.rights.FRESH_SECONDS", 600)

    assert "take your copy within 10 minutes." in words(proved_client(somebody.user).get(PAGE))


def test_downloads_are_not_made_without_end(somebody: Somebody, settings: Any) -> None:
    settings.COPIES_PER_PERSON_PER_HOUR = 1
    client = proved_client(somebody.user)
    download(client, JSON)

    response = client.get(CSV, follow=True)

    assert "Try again in" in words(response)


def test_page_asks_as_often_for_many_rows_as_for_one(somebody: Somebody) -> None:
    client = client_of(somebody.user)
    client.get(PAGE)

    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    make_work(somebody.user)
    make_work(somebody.user)
    with CaptureQueriesContext(connection) as three:
        client.get(PAGE)

    assert len(three) == len(one)
