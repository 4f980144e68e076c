"""Every page of one member × everybody: what is invisible is 404, what is only readable 403 (A1–A3).

Each request runs in a savepoint that is rolled back, so that one does not change the next.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from django.test import Client
from django.urls import reverse

from contacts.models import Contact, DeskSeat, Invitation, LeadChange, Mail, Role, RoleAssignment
from members.models import EmailDomain, Event, Identifier, Member
from tests.access import (
    test_lead_announcements,
    test_lead_imports,
    test_lead_members,
    test_lead_rounds,
    test_member_works,
)
from tests.access.urlconf import every_view
from tests.access.world import Side, World

pytestmark = pytest.mark.django_db

# Pages anybody reads who may see the member.
READ = {
    "tools:overview", "tools:contacts_csv", "tools:information", "tools:identifiers",
    "tools:history", "tools:settings", "tools:contacts", "tools:contact_edit", "tools:agreement",
    "tools:lead_changes", "tools:researchers", "tools:researchers_csv", "tools:researchers_xlsx",
    "tools:permission_requests",
}  # fmt: skip
# Pages that exist only for those who may change something; some only for Main or Signatory.
EDIT = {
    "tools:contact_add", "tools:contact_roles", "tools:contact_remove", "tools:leave",
    "tools:identifier_add", "tools:confirm", "tools:permission_ask",
}  # fmt: skip
# Later steps of adding: read by themselves, they lead back to the first.
STEPS = {"tools:contact_add_confirm", "tools:contact_invite"}
PROTECTED = {"tools:hand_over", "tools:agreement_remove"}
# Answer POST alone.
POST = {
    "tools:logo_remove", "tools:identifier_prefer", "tools:identifier_remove",
    "tools:invitation_resend", "tools:invitation_withdraw",
}  # fmt: skip
# The same, for the Main alone.
POST_OF_MAIN = {"tools:lead_access", "tools:lead_change_accept", "tools:lead_change_dispute"}
# Their own rules, tested where they belong.
ELSEWHERE = {
    "tools:home": "leads to one's own members",
    "tools:logo": "404 without a picture: tests/members/test_logo.py",
    "tools:tokens": "tests/api/test_token_pages.py",
    "tools:token_revoke": "tests/api/test_token_pages.py",
    "tools:desk": "404 for a member that leads nothing: below",
    "tools:researcher": "404 unless the person lets the member list works: test_researchers.py",
    "tools:researcher_left": "test_researchers.py",
    "tools:permission_resend": "test_researchers.py",
    **dict.fromkeys(test_member_works.PAGES, "test_member_works.py"),
    "tools:permission_withdraw": "test_researchers.py",
}
# Those that take no POST at all.
READ_ONLY = {
    "tools:overview", "tools:contacts_csv", "tools:history", "tools:contacts", "tools:identifiers",
    "tools:lead_changes",
    "tools:researchers", "tools:researchers_csv", "tools:researchers_xlsx",
    "tools:permission_requests",
}  # fmt: skip
WRITES = EDIT | STEPS | PROTECTED | POST | POST_OF_MAIN | (READ - READ_ONLY)

# With a row's key in the address.
WITH_KEY = {
    view.name
    for view in every_view()
    if view.arguments == ("slug", "pk") and view.name not in ELSEWHERE and "tools:" in view.name
}

BLIND = [
    "stranger", "contact of another member", "lead contact off the desk", "operator",
]  # fmt: skip
DESK = ["desk reader", "desk manager"]
INSIDE = ["contact", "main contact"]
EVERYBODY = ["anonymous", *BLIND, *DESK, *INSIDE]


def test_every_page_of_a_member_is_in_the_matrix() -> None:
    names = {view.name for view in every_view() if view.name.startswith("tools:")}

    assert names == READ | EDIT | STEPS | PROTECTED | POST | POST_OF_MAIN | set(ELSEWHERE)


def address(name: str, side: Side) -> str:
    """The page of that member; ids are of that member's own rows."""
    ids = {
        "identifier": side.identifier.pk,
        "contact": side.contact.pk,
        "invitation": side.invitation.pk,
        "lead_change": side.lead_change.pk,
    }
    kwargs: dict[str, Any] = {"slug": side.member.slug}
    view = next(view for view in every_view() if view.name == name)
    if "pk" in view.arguments:
        kwargs["pk"] = next(pk for kind, pk in ids.items() if name.startswith(f"tools:{kind}"))
    return reverse(name, kwargs=kwargs)


def rolled_back(call: Callable[[], Any]) -> Any:
    with transaction.atomic():
        response = call()
        transaction.set_rollback(True)
    return response


def signed_in(world: World, who: str) -> Client:
    client = Client()
    if user := world.people[who]:
        client.force_login(user)
    return client


def statuses(world: World, who: str, method: str, names: set[str]) -> dict[str, int]:
    client = signed_in(world, who)
    send = getattr(client, method)
    return {
        name: rolled_back(partial(send, address(name, world.ours))).status_code
        for name in sorted(names)
    }


def expect(names: set[str], status: int) -> dict[str, int]:
    return dict.fromkeys(sorted(names), status)


@pytest.mark.parametrize("who", BLIND)
def test_a1_get_of_an_invisible_member_is_404(world: World, who: str) -> None:
    names = READ | EDIT | STEPS | PROTECTED

    assert statuses(world, who, "get", names) == expect(names, 404)


@pytest.mark.parametrize("who", BLIND)
def test_a1_post_to_an_invisible_member_is_404(world: World, who: str) -> None:
    assert statuses(world, who, "post", WRITES) == expect(WRITES, 404)


@pytest.mark.parametrize("who", DESK)
def test_a3_the_desk_reads_every_page(world: World, who: str) -> None:
    assert statuses(world, who, "get", READ) == expect(READ, 200)


@pytest.mark.parametrize("who", DESK)
def test_a3_the_desk_changes_nothing(world: World, who: str) -> None:
    pages = EDIT | STEPS | PROTECTED
    before = snapshot(world.ours)

    assert statuses(world, who, "post", WRITES) == expect(WRITES, 403)
    assert statuses(world, who, "get", pages) == expect(pages, 403)
    assert snapshot(world.ours) == before


@pytest.mark.parametrize("who", INSIDE)
def test_a2_a_contact_reads_every_page_of_the_own_member(world: World, who: str) -> None:
    pages = (READ | EDIT) - {"tools:contact_remove"}  # oneself one does not remove: one leaves

    assert statuses(world, who, "get", pages) == expect(pages, 200)
    assert statuses(world, who, "get", STEPS) == expect(STEPS, 302)


@pytest.mark.parametrize(("who", "status"), [("contact", 403), ("main contact", 200)])
def test_r2_pages_of_protected_roles_are_for_main_and_signatory(
    world: World, who: str, status: int
) -> None:
    assert statuses(world, who, "get", PROTECTED) == expect(PROTECTED, status)


@pytest.mark.parametrize("who", INSIDE)
def test_a_contacts_empty_post_is_answered_with_words_not_refused(world: World, who: str) -> None:
    names = EDIT | STEPS | POST | {"tools:information", "tools:settings"}

    answers = statuses(world, who, "post", names)

    assert set(answers.values()) <= {200, 302}


@pytest.mark.parametrize(("who", "allowed"), [("contact", {403}), ("main contact", {200, 302})])
def test_a3_what_the_lead_may_is_the_mains_to_say(
    world: World, who: str, allowed: set[int]
) -> None:
    assert set(statuses(world, who, "post", POST_OF_MAIN).values()) <= allowed


# What managers may do once the member has switched it on; the rest is refused as before.
LEAD_MANAGES = {
    "tools:contact_add", "tools:contact_add_confirm", "tools:contact_invite", "tools:contact_edit",
    "tools:contact_roles", "tools:contact_remove", "tools:invitation_resend",
    "tools:invitation_withdraw",
}  # fmt: skip


def test_a3_switched_on_managers_change_contacts_and_nothing_else(world: World) -> None:
    Member.objects.update(lead_may_manage_contacts=True)
    names = WRITES - LEAD_MANAGES

    answers = statuses(world, "desk manager", "post", LEAD_MANAGES)

    assert set(answers.values()) <= {200, 302}
    assert statuses(world, "desk manager", "post", names) == expect(names, 403)


@pytest.mark.parametrize("who", [*BLIND, "desk reader"])
def test_a3_switched_on_nobody_else_changes_anything(world: World, who: str) -> None:
    Member.objects.update(lead_may_manage_contacts=True)
    before = snapshot(world.ours)

    status = 403 if who == "desk reader" else 404

    assert statuses(world, who, "post", WRITES) == expect(WRITES, status)
    assert snapshot(world.ours) == before


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_wrong_method_is_405_or_asks_to_sign_in(world: World, who: str) -> None:
    expected = 302 if who == "anonymous" else 405

    posts = POST | POST_OF_MAIN
    assert statuses(world, who, "get", posts) == expect(posts, expected)
    assert statuses(world, who, "post", READ_ONLY) == expect(READ_ONLY, expected)


@pytest.mark.parametrize("name", sorted(WITH_KEY))
def test_a2_another_members_row_under_ones_own_address_is_404(world: World, name: str) -> None:
    theirs = address(name, world.theirs)
    own_address_their_id = theirs.replace(world.theirs.member.slug, world.ours.member.slug)
    client = signed_in(world, "main contact")

    method = client.post if name in POST | POST_OF_MAIN else client.get

    assert method(own_address_their_id).status_code == 404


def body_of(side: Side) -> dict[str, Any]:
    """Whatever name a form might take an id by, with the ids of that side."""
    contact = {"contact": side.contact.pk, "to": side.contact.pk, "successor": side.contact.pk}
    member = {"member": side.member.pk, "member_id": side.member.pk, "slug": side.member.slug}
    other = {
        "pk": side.contact.pk,
        "id": side.contact.pk,
        "invitation": side.invitation.pk,
        "identifier": side.identifier.pk,
        "orcid": side.contact.orcid,
    }
    typed = {
        "role": Role.MAIN, "roles": [Role.VOTING], "confirm": "on", "sure": "on", "version": 1,
        "given_names": "X", "family_name": "Y", "email": "x@y.example", "name": "N",
        "position": "P", "domains": "taken.example", "scheme": "ror", "value": "grid.1.2",
        "display_name": "Taken over", "community": "other", "country": "CL",
        "trademark_permission": "yes", "level": "manager", "consortium": 1,
    }  # fmt: skip
    return contact | member | other | typed


@pytest.mark.parametrize("who", [*DESK, *INSIDE])
def test_a2_another_members_ids_in_the_body_change_nothing_there(world: World, who: str) -> None:
    before = snapshot(world.theirs)
    client = signed_in(world, who)
    seen = []

    for name in sorted(WRITES):
        body = body_of(world.theirs)
        if name == "tools:contact_add":
            del body["email"]  # a look-up calls ORCID, which no transaction may
        with transaction.atomic():
            client.post(address(name, world.ours), body)
            seen.append((name, snapshot(world.theirs)))
            transaction.set_rollback(True)

    assert [name for name, after in seen if after != before] == []


def snapshot(side: Side) -> str:
    """Every row of a member, for equality."""
    pk = side.member.pk
    rows = [
        *Member.objects.filter(pk=pk),
        *Contact.objects.filter(member=pk).order_by("pk"),
        *RoleAssignment.objects.filter(member=pk).order_by("pk"),
        *Invitation.objects.filter(member=pk).order_by("pk"),
        *Identifier.objects.filter(member=pk).order_by("pk"),
        *EmailDomain.objects.filter(member=pk).order_by("pk"),
        *Event.objects.filter(member=pk).order_by("pk"),
        *Mail.objects.filter(member=pk).defer("text", "html").order_by("pk"),
        *DeskSeat.objects.filter(contact__member=pk).order_by("pk"),
        *LeadChange.objects.filter(member=pk).order_by("pk"),
    ]
    return str(serializers.serialize("json", rows))


LEAD = {
    "lead:overview", "lead:members", "lead:contacts", "lead:contacts_csv", "lead:invitations",
    "lead:contacts_xlsx", "lead:requests",
    "lead:members_csv", "lead:members_xlsx", "lead:history", "lead:history_csv",
}  # fmt: skip
# With rules of their own, or ids in their address: tests/access/test_lead_….py
LEAD_ELSEWHERE = {
    *test_lead_announcements.PAGES, *test_lead_members.PAGES, *test_lead_imports.PAGES,
    *test_lead_rounds.PAGES,
    # Tested where requests and tokens are; outsiders in test_lead_matrix.
    "lead:request", "lead:recovery_start", "lead:recovery_cancel",
    "lead:tokens", "lead:token_revoke",
}  # fmt: skip


def test_every_page_of_the_lead_is_in_the_matrix() -> None:
    names = {view.name for view in every_view() if view.name.startswith("lead:")}

    assert names == LEAD | LEAD_ELSEWHERE | {"lead:home"}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *((who, 404) for who in [*BLIND, *INSIDE]),
        *((who, 200) for who in DESK),
        ("anonymous", 302),
    ],
)
def test_a3_the_leads_pages_are_for_the_desk(world: World, who: str, status: int) -> None:
    client = signed_in(world, who)

    answers = {
        name: client.get(reverse(name, args=[world.consortium.slug])).status_code
        for name in sorted(LEAD)
    }

    assert answers == expect(LEAD, status)


@pytest.mark.parametrize("who", DESK)
def test_a3_the_leads_pages_take_no_post(world: World, who: str) -> None:
    client = signed_in(world, who)

    answers = {
        name: client.post(reverse(name, args=[world.consortium.slug])).status_code
        for name in sorted(LEAD)
    }

    assert answers == expect(LEAD, 405)


@pytest.mark.parametrize(
    ("who", "get", "post"),
    [
        ("anonymous", 302, 302),
        ("stranger", 404, 404),
        ("contact", 404, 404),
        ("operator", 404, 404),
        ("lead contact off the desk", 200, 403),
        ("desk reader", 200, 403),
        ("desk manager", 200, 200),
    ],
)
def test_the_lead_desk_is_set_by_the_leads_main_alone(
    world: World, who: str, get: int, post: int
) -> None:
    client = signed_in(world, who)
    desk = reverse("tools:desk", args=[world.lead.slug])

    assert (client.get(desk).status_code, client.post(desk).status_code) == (get, post)


def test_r5_an_open_session_ends_with_the_removal(world: World) -> None:
    client = signed_in(world, "contact")
    page = reverse("tools:contacts", args=[world.ours.member.slug])
    before = client.get(page).status_code

    signed_in(world, "main contact").post(
        reverse("tools:contact_remove", args=[world.ours.member.slug, world.ours.contact.pk]),
        {"confirm": "on"},
    )

    assert (before, client.get(page).status_code) == (200, 404)
