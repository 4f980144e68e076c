"""Errors are problem details (RFC 9457), whatever goes wrong."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member
from tests.access.urlconf import every_view
from tests.api.calling import API, PROBLEM, Caller, assert_problem

pytestmark = pytest.mark.django_db


def test_problem_has_the_members_of_the_standard(caller: Caller) -> None:
    response = caller.get("members/nobody/")

    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not found.",
        "code": "not_found",
    }
    assert response["Content-Type"] == PROBLEM


@pytest.mark.parametrize("path", ["nonsense/", "members", "members/alpha/nonsense/", ""])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_unknown_address_is_404_with_and_without_a_token(
    caller: Caller, path: str, method: str
) -> None:
    for who in (caller, Caller()):
        assert_problem(who.send(method, path), 404, "Not found.")


def test_wrong_method_is_405_and_says_which_are_right(caller: Caller) -> None:
    response = caller.put("members/alpha/", {})

    assert_problem(response, 405, 'Method "PUT" not allowed.')
    assert response["Allow"] == "GET, HEAD, PATCH"


def test_other_media_types_are_406_and_415(caller: Caller, member: Member) -> None:
    headers = {"Authorization": f"Bearer {caller.secret}"}
    address = f"{API}members/alpha/"

    wanted = Client().get(address, headers={**headers, "Accept": "text/html"})
    sent = Client().patch(
        address, "city=Leeds", content_type="text/plain", headers={**headers, "If-Match": '"1"'}
    )

    assert_problem(wanted, 406, "Could not satisfy the request Accept header.")
    assert_problem(sent, 415, 'Unsupported media type "text/plain" in request.')


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"city": NaN}',
        b"[]",
        b'"x"',
        b"null",
        b'{"city": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_body_that_cannot_be_read_is_400(caller: Caller, member: Member, body: bytes) -> None:
    response = Client().patch(
        f"{API}members/alpha/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.secret}", "If-Match": '"1"'},
    )

    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
    member.refresh_from_db()
    assert (member.version, member.city) == (1, "")


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "😀", "\u202e", "x" * 5001, " " * 50, "\r\n"])
def test_odd_text_never_breaks_anything(caller: Caller, member: Member, text: str) -> None:
    answers: list[Any] = [
        caller.get("members/", search=text),
        caller.get("contacts/", search=text, email=text, orcid=text, member=text),
        caller.get("events/", member=text, after=text),
        caller.get("invitations/", email=text),
        caller.patch("members/alpha/", {"city": text, "website": text}, if_match='"1"'),
        caller.post("members/alpha/identifiers/", {"scheme": "ror", "value": text}),
        caller.post("members/alpha/contacts/", {"offer": text, "roles": ["other"]}),
        caller.post("members/alpha/look-ups/", {"email": f"{text}@x.example"}),
    ]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


def test_too_large_a_body_is_413(caller: Caller, member: Member, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = caller.patch("members/alpha/", {"description": "x" * 200}, if_match='"1"')

    assert_problem(response, 413, "That is too much at once.")


def test_fault_on_our_side_is_a_problem_too(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("members.api.events.EventViewSet.list", broken)
    client = Client(raise_request_exception=False)

    response = client.get(f"{API}events/", headers={"Authorization": f"Bearer {caller.secret}"})

    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side.",
    }
    assert response["Content-Type"] == PROBLEM


def test_answers_are_kept_by_no_cache_of_others(caller: Caller, member: Member) -> None:
    response = caller.get("members/alpha/")

    assert response["Cache-Control"] == "private, no-store"
    assert "Authorization" in response["Vary"]


def test_every_endpoint_but_the_directory_asks_who_calls() -> None:
    given: dict[str, Any] = {"slug": "alpha", "pk": 1}
    addresses = {
        view.name: reverse(view.name, kwargs={key: given[key] for key in view.arguments})
        for view in every_view()
        if view.name.startswith("api:") and "directory" not in view.name
    }

    answers = {
        name: Caller().send(method, address).status_code
        for name, address in addresses.items()
        for method in ("get", "post", "put", "patch", "delete")
    }

    assert len(answers) > 15
    assert set(answers.values()) == {401}
