"""O6 on the page: who disconnects says what becomes of what was written to their record."""

import pytest
from django.test import Client
from django.urls import reverse

from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from tests.push.conftest import Pusher
from tests.reading import words

pytestmark = pytest.mark.django_db
CHOICE = "What was written to your ORCID record from here"


@pytest.fixture
def browser(ada: Pusher) -> Client:
    client = Client()
    client.force_login(ada.user)
    return client


def on_record(ada: Pusher) -> str:
    """The record as anybody sees it."""
    return ada.sandbox.http.get(f"{ada.sandbox.base_url}/{ada.orcid}").raise_for_status().text


def test_o6_the_choice_is_given_to_whom_it_concerns(ada: Pusher, browser: Client) -> None:
    before = words(browser.get(reverse("orcid_disconnect")))
    ada.push(1)
    after = words(browser.get(reverse("orcid_disconnect")))

    assert (CHOICE in before, "Nothing changes on your ORCID record" in before) == (False, True)
    assert (CHOICE in after, "Nothing changes on your ORCID record" in after) == (True, False)


def test_o6_nothing_happens_until_it_is_said(ada: Pusher, browser: Client) -> None:
    ada.push(1)

    page = words(browser.post(reverse("orcid_disconnect"), {}))

    assert "This field is required." in page
    assert Connection.objects.get().is_active


def test_o6_kept_it_stays_and_the_connection_ends(ada: Pusher, browser: Client) -> None:
    ada.push(1)

    browser.post(reverse("orcid_disconnect"), {"written": "keep"})

    assert Connection.objects.get().state == "ended"
    assert "Work 1" in on_record(ada)


def test_o6_deleted_first_and_the_page_says_how_far_it_is(ada: Pusher, browser: Client) -> None:
    ada.push(1)

    meanwhile = words(browser.post(reverse("orcid_disconnect"), {"written": "delete"}, follow=True))
    again = browser.get(reverse("orcid_disconnect"))
    ada.deliver()

    assert "Disconnecting" in meanwhile
    assert "Usually that takes a minute." in meanwhile
    assert again.headers["Location"] == reverse("accounts")
    assert Delivery.objects.get().state == "deleted"
    assert Connection.objects.get().state == "ended"
    assert "Work 1" not in on_record(ada)
