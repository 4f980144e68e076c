"""The lead's overview: each figure is the length of the list it leads to."""

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone

from contacts.gaps import GAPS
from contacts.models import AgreementRecord, HelpRequest, Invitation, Role
from members.models import Event, Identifier
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import Desk, address, make_desk

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    """Members of different shapes, and others that must not be counted."""
    desk = make_desk()
    make_member("Empty", desk.consortium, start=None)
    make_member("Soon", desk.consortium, start=TOMORROW)
    full = make_member("Full", desk.consortium, website="https://full.example")
    Identifier.objects.create(member=full, scheme="ror", value="https://ror.org/05a28rw58")
    AgreementRecord.objects.create(member=full, name="Vera", position="VC")
    make_user(orcid=make_contact(full, [Role.TECHNICAL]).orcid)
    _invite(full, "a@full.example")
    _invite(full, "b@full.example", closed_at=timezone.now(), outcome="withdrawn")
    _ask(desk)
    _ask(desk, state="declined")
    _ask(desk, state="unproved", proved_at=None)
    other = make_desk("South Consortium")
    _invite(other.lead, "secret@south.example")
    _ask(other)
    return desk


def _ask(desk: Desk, **fields: Any) -> None:
    asked: dict[str, Any] = {
        "kind": "other",
        "state": "open",
        "name": "Ann",
        "email": "ann@x.example",
    }
    asked |= {"consortium": desk.consortium, "proved_at": timezone.now()}
    HelpRequest.objects.create(**asked | fields)


def _invite(member, email: str, **fields) -> None:
    Invitation.objects.create(
        member=member,
        email=email,
        roles=["other"],
        token_hash=email,
        expires_at=timezone.now(),
        **fields,
    )


def _figures(desk: Desk) -> dict[str, str]:
    """Where each figure leads, and what it says."""
    page = desk.client.get(address(desk)).content.decode()
    found = re.findall(r'<a href="([^"]+)"><strong[^>]*>([^<]+)</strong>', page)
    return dict(found)


def test_every_figure_is_the_length_of_its_list(desk: Desk) -> None:
    figures = _figures(desk)

    lengths = {url: _length(desk, url) for url in figures}

    assert len(figures) >= 10
    assert {url: int(figure) for url, figure in figures.items()} == lengths


def _length(desk: Desk, url: str) -> int:
    context = desk.client.get(url).context
    return len(context["rows"]) if "rows" in context else len(context["page"].items)


def test_figures_leave_out_other_consortia(desk: Desk) -> None:
    figures = _figures(desk)

    assert figures[address(desk, "members/?status=active")] == "3"
    assert figures[address(desk, "members/?status=pending")] == "1"
    assert figures[address(desk, "contacts/")] == "3"
    assert figures[address(desk, "invitations/")] == "1"
    assert figures[address(desk, "requests/")] == "1"


def test_every_gap_leads_to_its_members(desk: Desk) -> None:
    shown = {
        row["gap"].slug: row["number"] for row in desk.client.get(address(desk)).context["gaps"]
    }

    assert list(shown) == [gap.slug for gap in GAPS]
    assert shown["no-contacts"] == "2"
    assert shown["start-unknown"] == "1"


def test_invitations_show_what_was_offered_and_to_whom(desk: Desk) -> None:
    page = desk.client.get(address(desk, "invitations/")).content.decode()

    assert "a@full.example" in page
    assert "Expired" in page
    assert "secret@south.example" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(number: int, django_assert_num_queries) -> None:
    desk = make_desk()
    for _ in range(number):
        member = make_member("", desk.consortium)
        make_contact(member, [Role.MAIN])
        Event.objects.bulk_create([Event(member=member, kind="roles_changed", capacity="contact")])
    desk.client.get(address(desk))

    # session, user, desk, seven figures, twelve gaps, this visit, what changed; for the menu:
    # members, desks
    with django_assert_num_queries(26):
        desk.client.get(address(desk))


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_of_invitations_does_not_grow(number: int, django_assert_num_queries) -> None:
    desk = make_desk()
    for place in range(number):
        _invite(make_member("", desk.consortium), f"{place}@uni.example")

    # session, user, desk, invitations with their members, their number; menu: members, desks
    with django_assert_num_queries(7):
        desk.client.get(address(desk, "invitations/"))
