"""Language and time zone that a person chose: in pages and in mails, and never in rules."""

import datetime
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format
from pytest_django import Settings

from contacts.localisation import time_zones
from contacts.models import Mail, Role, User
from contacts.services.invitations import invite_contact
from contacts.services.security import Change, tell_of_change
from members.actors import Actor
from members.dates import today
from members.models import Member, Membership
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of
from tests.profile.steps import PROFILE, save

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def languages(settings: Settings) -> Iterator[None]:
    """German comes with Django's own words and dates; the portal's catalogues come later."""
    settings.PORTAL_LANGUAGES = ["en-gb", "de"]
    yield
    assert translation.get_language() == "en-gb"
    assert timezone.get_current_timezone_name() == "UTC"


def sign_in_day(client: Client) -> str:
    """As the page on accounts says it."""
    page = client.get("/me/accounts/").text
    return page.partition("Last sign-in: ")[2].partition("<")[0]


def signed_in_at_noon(user: User) -> Client:
    client = client_of(user)
    User.objects.filter(pk=user.pk).update(last_login=NOON)
    return client


def test_times_are_shown_in_the_chosen_zone(person: User) -> None:
    client = signed_in_at_noon(person)
    before = sign_in_day(client)

    save(client, time_zone="Asia/Kathmandu")

    assert before == "1 March 2026, 12:00"
    assert sign_in_day(client) == "1 March 2026, 17:45"


def test_pages_are_in_the_chosen_language_public_ones_too(person: User, browser: Client) -> None:
    save(browser, language="de")

    pages = [browser.get(path).text for path in (PROFILE, "/", "/directory/")]

    assert [page.partition('<html lang="')[2][:2] for page in pages] == ["de", "de", "de"]
    assert '<html lang="en-gb">' in Client().get("/").text


def test_the_next_request_of_somebody_else_is_in_theirs(person: User, browser: Client) -> None:
    save(browser, language="de", time_zone="Asia/Kathmandu")
    other = signed_in_at_noon(make_user())

    browser.get("/")

    assert sign_in_day(other) == "1 March 2026, 12:00"


def test_dates_follow_the_language(person: User) -> None:
    client = signed_in_at_noon(person)

    save(client, language="de")

    assert sign_in_day(client) == "1. März 2026 12:00"


def test_what_is_saved_is_confirmed_in_the_new_language(browser: Client) -> None:
    response = save(browser, language="de", field="9.9")
    assert '<html lang="en-gb">' in response.text

    assert '<html lang="de">' in save(browser, language="de").text


def test_a_language_that_the_portal_does_not_speak_is_refused(browser: Client) -> None:
    response = save(browser, language="fr", time_zone="Mars/Olympus")

    assert response.context["form"].errors == {
        "language": ["Choose one of the list."],
        "time_zone": ["Choose one of the list."],
    }


def test_a_choice_that_is_gone_from_the_settings_counts_as_none(person: User) -> None:
    User.objects.filter(pk=person.pk).update(language="cy", time_zone="Mars/Olympus")

    page = client_of(person).get(PROFILE)

    assert (page.status_code, '<html lang="en-gb">' in page.text) == (200, True)


def test_with_one_language_there_is_nothing_to_choose(browser: Client, settings: Settings) -> None:
    settings.PORTAL_LANGUAGES = ["en-gb"]

    page = browser.get(PROFILE).text

    assert 'name="language"' not in page
    assert 'name="time_zone"' in page


def test_time_zones_are_places() -> None:
    names = dict(time_zones())

    assert names["Europe/London"] == "Europe: London"
    assert names["America/Argentina/Buenos_Aires"] == "America: Argentina/Buenos Aires"
    assert not {"EST", "GB", "Etc/GMT+5", "US/Eastern"} & set(names)


def mail_to(user: User) -> Mail:
    tell_of_change(user=user, change=Change.PASSWORD)
    return Mail.objects.latest("pk")


def test_a_mail_is_in_the_language_and_time_zone_of_its_reader(person: User) -> None:
    EmailAddress.objects.create(user=person, email="ada@uni.example", verified=True, primary=True)
    plain = mail_to(person)
    save(client_of(person), language="de", time_zone="Asia/Kathmandu")

    chosen = mail_to(person)

    assert ('<html lang="en-gb">' in plain.html, '<html lang="de">' in chosen.html) == (True, True)
    there = timezone.localtime(chosen.created_at, datetime.timezone(datetime.timedelta(hours=5.75)))
    assert f"{there:%H:%M}" in chosen.text
    assert f"{chosen.created_at:%H:%M}" not in chosen.text


def test_a_contact_is_written_to_in_the_language_of_the_account(person: User) -> None:
    contact = make_contact(make_member("Alpha"), orcid=person.orcid, email="Ada@Alpha.example")
    save(client_of(person), language="de")

    mail = mail_to(person)

    assert mail.to == contact.email
    assert '<html lang="de">' in mail.html


def test_a_mail_to_others_is_not_in_the_language_of_whoever_caused_it() -> None:
    member = make_member("Alpha", make_consortium())
    user = make_user(make_contact(member, [Role.MAIN]).orcid, name="Mai")

    with translation.override("de"), timezone.override("Pacific/Kiritimati"):
        invitation = invite_contact(
            member_id=member.pk,
            email="new@alpha.example",
            roles=[Role.TECHNICAL],
            by=Actor.contact(user),
        )

    mail = Mail.objects.get(to="new@alpha.example")
    assert '<html lang="en-gb">' in mail.html
    assert date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT") in mail.text


def test_a_proved_address_of_somebody_else_decides_nothing(person: User) -> None:
    EmailAddress.objects.create(user=person, email="ada@uni.example", verified=True, primary=True)
    other = make_user(language="de")
    EmailAddress.objects.create(user=other, email="ada@uni.example", verified=False)

    assert '<html lang="en-gb">' in mail_to(person).html


def test_a2_no_time_zone_lengthens_or_shortens_access(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends today has ended for nobody sooner: it is one day, the portal's, for all."""
    late = timezone.now().replace(hour=23, minute=30)
    monkeypatch.setattr(timezone, "now", lambda: late)
    consortium = make_consortium()
    member = make_member("Alpha", consortium, end=late.date())
    seen = []

    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        user = make_user(make_contact(member, [Role.OTHER]).orcid, time_zone=zone)
        with timezone.override(zone):
            period = Membership.objects.get(member=member)
            is_own = Member.objects.own(user).exists()
            seen.append((today(), period.status, is_own))

    assert seen == [seen[0]] * 3
    assert seen[0][0] == late.date()
