"""Errors: plain words, a way on, nothing of the inside."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client

from members.models import Consortium
from portal.pages import home

WAY_ON = 'href="/">To the front page</a>'
HELPDESK = "mailto:helpdesk@portal.example"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, client: Client) -> Callable[[Exception], HttpResponse]:
    """Ask for the privacy notices while they fail in a given way."""
    client.raise_request_exception = False

    def ask(error: Exception) -> HttpResponse:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(home, "render", fail)
        monkeypatch.setattr(Consortium.objects, "exclude", fail)
        return client.get("/privacy/")  # type: ignore[return-value]  # the test client's own

    return ask


def test_unknown_address(client: Client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "There is no such page, or it is not yours to see" in response.text
    assert WAY_ON in response.text
    assert HELPDESK in response.text


def test_not_allowed(failing: Callable[[Exception], HttpResponse]):
    response = failing(PermissionDenied("Only the Main may do this."))

    assert response.status_code == 403
    assert "Only the Main may do this." in response.text
    assert WAY_ON in response.text


def test_bad_request(failing: Callable[[Exception], HttpResponse]):
    response = failing(SuspiciousOperation("secret detail"))

    assert response.status_code == 400
    assert "could not make sense of that request" in response.text
    assert "secret detail" not in response.text
    assert HELPDESK in response.text


@pytest.mark.filterwarnings("ignore")
def test_fault_of_ours(failing: Callable[[Exception], HttpResponse]):
    response = failing(RuntimeError("secret detail"))

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "secret detail" not in response.text
    assert HELPDESK in response.text


@pytest.mark.parametrize("template", ["500.html", "400.html"])
def test_page_needs_no_context(template: str):
    assert WAY_ON in render_to_string(template)


def test_form_without_its_token():
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/orcid/login/")

    assert response.status_code == 403
    assert "That could not be sent: please try again" in response.text
    assert WAY_ON in response.text
