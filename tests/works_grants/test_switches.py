"""*Permissions*: three switches per institution, turned by the person alone (O2)."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import formats, timezone

from integrations.works.models import Grant
from integrations.works.services import grants
from members.actors import Actor, Reach
from members.models import Event, Member
from tests.factories import make_connection, make_consortium, make_grant, make_member, make_user
from tests.works_grants.conftest import Person, events, given, signed_in

LIST = "/me/permissions/"
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


def page(member: Member) -> str:
    return f"{LIST}{member.slug}/"


def turn(person: Person, member: Member, purpose: str, *, on: bool) -> str:
    form = {"purpose": purpose, "on": "1"} if on else {"purpose": purpose}
    return person.presses(f"{page(member)}switch/", **form)


def test_all_three_are_off_until_the_person_switches_one_on(ada: Person, uni: Member) -> None:
    before = ada.reads(page(uni))

    said = turn(ada, uni, "list", on=True)

    assert (before.count(" Off "), before.count(" On ")) == (3, 0)
    assert "Switched on for Alpha University: Let staff add my ORCID works there." in said
    assert given(ada, uni) == ["list"]


def test_one_press_withdraws_and_says_what_stays(ada: Person, uni: Member) -> None:
    make_grant(ada.user, uni, "push")
    make_grant(ada.user, uni, "draft")

    said = ada.presses(f"{page(uni)}withdraw/")

    assert "Alpha University may no longer use your connection" in said
    assert "What is on your ORCID record stays as it is" in said
    assert given(ada, uni) == []
    assert "ended by you" in said


def test_one_switch_off_leaves_the_others(ada: Person, uni: Member) -> None:
    make_grant(ada.user, uni, "push")
    make_grant(ada.user, uni, "draft")

    turn(ada, uni, "push", on=False)

    assert given(ada, uni) == ["draft"]


def test_h1_each_turn_is_an_event_of_the_member_that_names_the_person_apart(
    ada: Person, uni: Member
) -> None:
    turn(ada, uni, "push", on=True)
    turn(ada, uni, "list", on=True)
    turn(ada, uni, "push", on=True)  # nothing new: no event
    ada.presses(f"{page(uni)}withdraw/")

    assert events(uni) == [
        ("grant_given", [[], ["push"]]),
        ("grant_given", [["push"], ["push", "list"]]),
        ("grant_ended", [["push", "list"], []]),
    ]
    last = Event.objects.filter(member=uni).order_by("-pk")[0]
    assert last.personal == {"name": "Ada Lovelace", "orcid": ada.user.orcid}
    assert last.changes["ended_by"] == "person"
    assert "Lovelace" not in str(last.changes)


def test_the_history_says_it_in_words(ada: Person, staff: Person, uni: Member) -> None:
    turn(ada, uni, "push", on=True)
    turn(ada, uni, "list", on=True)

    said = staff.reads(f"/tools/{uni.slug}/history/")

    assert "Permission of a researcher given" in said
    both = "Push public works to their record, Let staff add their ORCID works"
    assert both in said


def test_o2_nobody_gives_for_another_whatever_they_are(ada: Person, uni: Member) -> None:
    reach = Reach(token_id=1, member_id=uni.pk, can_write=True)
    others = [
        Actor.operator(ada.user),
        Actor.lead(ada.user),
        Actor.importer(ada.user),
        Actor.token(ada.user, reach),
        Actor.system(),
        Actor.contact(make_user(orcid=None, email="op@portal.example")),
    ]

    for by in others:
        with pytest.raises(PermissionDenied):
            grants.switch_on(member_id=uni.pk, purposes=["push"], by=by)

    assert not Grant.objects.exists()


def test_only_members_of_today_are_found_and_can_be_given(ada: Person, uni: Member) -> None:
    north = uni.memberships.get().consortium
    former = make_member("Alpha Former", north, end=YESTERDAY)

    found = ada.reads(LIST, search="alpha")

    assert ("Alpha University" in found, "Alpha Former" in found) == (True, False)
    assert ada.client.get(page(former)).status_code == 404
    assert (
        ada.client.post(f"{page(former)}switch/", {"purpose": "push", "on": 1}).status_code == 404
    )
    assert not Grant.objects.exists()


def test_a_search_without_result_says_so(ada: Person, uni: Member) -> None:
    assert "No institution of the directory has that name" in ada.reads(LIST, search="zzz")


@pytest.mark.parametrize(
    ("state", "scopes", "expected"),
    [
        (None, [], "ORCID is not connected"),
        ("withdrawn", ["/read-limited"], "reconnect needed"),
        ("closed", ["/read-limited"], "the record is closed at ORCID"),
        ("active", ["/read-limited"], "One permission is missing at ORCID: to add works"),
        ("active", ["/activities/update", "/read-limited"], ""),
    ],
)
def test_it_needs_no_connection_yet_and_says_what_is_missing(
    ada: Person, uni: Member, state: str | None, scopes: list[str], expected: str
) -> None:
    if state:
        make_connection(ada.user.orcid or "", state=state, scopes=scopes)

    said = turn(ada, uni, "push", on=True)

    assert given(ada, uni) == ["push"]
    notices = ["cannot be used", "One permission is missing"]
    assert expected in said
    assert any(notice in said for notice in notices) == bool(expected)


def test_reading_alone_needs_no_permission_to_write(ada: Person, uni: Member) -> None:
    make_connection(ada.user.orcid or "")

    assert "One permission is missing" not in turn(ada, uni, "list", on=True)


def test_accounts_show_who_may_use_the_connection_and_lead_back_there(
    ada: Person, uni: Member
) -> None:
    make_grant(ada.user, uni, "list")

    before = ada.reads("/me/accounts/")
    after = ada.client.post(f"{page(uni)}withdraw/", {"next": "/me/accounts/"})

    assert "Alpha University Let staff add my ORCID works there since" in before
    assert after["Location"] == "/me/accounts/"
    assert "No institution may use your connection." in ada.reads("/me/accounts/")


def test_my_publications_show_them_too_and_lead_back_to_the_list_as_it_was(
    ada: Person, uni: Member
) -> None:
    make_grant(ada.user, uni, "list")
    make_grant(make_user(), make_member("Of another"), "list")

    before = ada.reads("/me/publications/", sort="title", search="whales")
    form = {"next": "/me/publications/", "query": "sort=title&search=whales&evil=//e"}
    after = ada.client.post(f"{page(uni)}withdraw/", form)

    since = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    assert "1 institution may use your connection" in before
    assert f"Alpha University Let staff add my ORCID works there since {since}" in before
    assert after["Location"] == "/me/publications/?sort=title&search=whales&evil=%2F%2Fe"
    assert "may use your connection" not in ada.reads("/me/publications/")


def test_what_others_have_given_is_not_there(ada: Person, uni: Member) -> None:
    make_grant(make_user(), uni, "push")

    said = ada.reads(LIST)

    assert "No institution may use your connection" in said
    assert ada.client.post(f"{page(uni)}withdraw/").status_code == 404


def test_who_has_no_id_is_told_so(uni: Member) -> None:
    olga = signed_in(make_user(orcid=None, email="olga@portal.example"))

    assert "Permissions belong to an ORCID iD. Connect yours" in olga.reads(LIST)
    assert olga.client.post(f"{page(uni)}switch/", {"purpose": "push", "on": 1}).status_code == 403


def test_an_unknown_switch_is_not_there(ada: Person, uni: Member) -> None:
    answer = ada.client.post(f"{page(uni)}switch/", {"purpose": "everything", "on": "1"})

    assert (answer.status_code, Grant.objects.exists()) == (404, False)


@pytest.mark.parametrize("address", [LIST, "/me/accounts/", "/me/publications/"])
def test_as_many_queries_with_one_institution_as_with_three(
    ada: Person, address: str, django_assert_max_num_queries
) -> None:
    north = make_consortium()
    counts = []
    for wanted in (1, 3):
        while Grant.objects.values("member").distinct().count() < wanted:
            member = make_member(consortium=north)
            for purpose in Grant.Purpose.values:
                make_grant(ada.user, member, purpose)
        with django_assert_max_num_queries(30) as seen:
            ada.client.get(address)
        counts.append(len(seen))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "fields", [{"purpose": "everything"}, {"ended_at": timezone.now()}, {"ended_by": "person"}]
)
def test_the_database_keeps_a_grant_whole(ada: Person, uni: Member, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        make_grant(ada.user, uni, **({"purpose": "push"} | fields))


def test_a_switch_is_on_once(ada: Person, uni: Member) -> None:
    make_grant(ada.user, uni, "push")

    with pytest.raises(IntegrityError):
        make_grant(ada.user, uni, "push")
