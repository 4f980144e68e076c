"""Every endpoint × every caller, with tokens and in sessions (A1–A4), read off the URLconf.

Each call runs in a savepoint that is rolled back, so that one does not change the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from contacts.models import User
from members.models import Event
from tests.access.conftest import kept_world, world
from tests.access.test_matrix import snapshot
from tests.access.urlconf import every_view
from tests.access.world import Side, World
from tests.api.calling import Caller, secret_for

pytestmark = pytest.mark.django_db
__all__ = ["kept_world", "world"]
READS = {"get"}


@dataclass(frozen=True)
class Endpoint:
    name: str
    arguments: tuple[str, ...]
    methods: frozenset[str]

    def address(self, side: Side) -> str:
        ids = {
            "identifier": side.identifier.pk,
            "contact": side.contact.pk,
            "invitation": side.invitation.pk,
        }
        kwargs: dict[str, Any] = {"slug": side.member.slug}
        if "pk" in self.arguments:
            kind = self.name.removeprefix("api:").split("_")[0]
            kwargs["pk"] = ids[kind]
        return reverse(self.name, kwargs=kwargs)


def endpoints() -> list[Endpoint]:
    return [
        Endpoint(view.name, view.arguments, frozenset(view.callback.actions))
        for view in every_view()
        if view.name.startswith("api:") and "directory" not in view.name
    ]


OF_A_MEMBER = [endpoint for endpoint in endpoints() if "slug" in endpoint.arguments]
LISTS = [endpoint for endpoint in endpoints() if "slug" not in endpoint.arguments]
BODIES: dict[tuple[str, str], Any] = {
    ("api:member", "patch"): {"city": "Taken"},
    ("api:identifiers", "post"): {"scheme": "ror", "value": "052gg0110"},
    ("api:contacts", "post"): {"offer": "x", "roles": ["other"]},
    ("api:contact", "patch"): {"phone": "1"},
    ("api:contact_roles", "put"): {"roles": ["comms"]},
    ("api:hand_overs", "post"): {"role": "voting", "to": 999_999},
    ("api:invitations", "post"): {
        "email": "x@y.example",
        "roles": ["other"],
        "confirm_outside": True,
    },
    ("api:look_ups", "post"): {"email": "not an address"},
}


class InSession(Caller):
    """A person in the browser."""

    def __init__(self, user: User | None) -> None:
        self.client = Client()
        if user:
            self.client.force_login(user)

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {} if method == "get" else {"content_type": "application/json"}
        return getattr(self.client, method)(path, data, headers=sent, **options)


def callers(world: World) -> dict[str, Caller]:
    people = world.people

    def token(who: str, *, can_write: bool, **place: Any) -> Caller:
        user = people[who]
        assert user is not None
        return Caller(secret_for(user, can_write=can_write, **place))

    ours = {"member": world.ours.member}
    return {
        "nobody": Caller(),
        "token of another member": token(
            "contact of another member", can_write=True, member=world.theirs.member
        ),
        "token of a lead contact": token(
            "lead contact off the desk", can_write=True, member=world.lead
        ),
        "stranger": InSession(people["stranger"]),
        "operator": InSession(people["operator"]),
        "lead contact off the desk": InSession(people["lead contact off the desk"]),
        "reader's token": token("desk reader", can_write=False, consortium=world.consortium),
        "manager's token": token("desk manager", can_write=True, consortium=world.consortium),
        "desk manager": InSession(people["desk manager"]),
        "token that reads": token("main contact", can_write=False, **ours),
        "contact's token": token("contact", can_write=True, **ours),
        "main's token": token("main contact", can_write=True, **ours),
        "main contact": InSession(people["main contact"]),
    }


BLIND = [
    "token of another member",
    "token of a lead contact",
    "stranger",
    "operator",
    "lead contact off the desk",
]
READING = ["reader's token", "manager's token", "desk manager", "token that reads"]
WRITING = ["contact's token", "main's token", "main contact"]


def rolled_back(call: Callable[[], Any]) -> Any:
    with transaction.atomic():
        response = call()
        transaction.set_rollback(True)
    return response


def answers(caller: Caller, side: Side, *, writing: bool) -> Iterator[tuple[str, str, int]]:
    for endpoint in OF_A_MEMBER:
        for method in sorted(endpoint.methods):
            if (method in READS) == writing:
                continue
            body = BODIES.get((endpoint.name, method))
            address = endpoint.address(side)
            response = rolled_back(partial(caller.send, method, address, body, if_match='"1"'))
            yield endpoint.name, method, response.status_code


def statuses(caller: Caller, side: Side, *, writing: bool) -> set[int]:
    return {status for _name, _method, status in answers(caller, side, writing=writing)}


def test_there_is_a_body_for_every_write() -> None:
    without = {"api:identifier_prefer", "api:invitation_resend", "api:invitation_withdraw"}
    writes = {
        (endpoint.name, method)
        for endpoint in OF_A_MEMBER
        for method in endpoint.methods - READS - {"delete"}
        if endpoint.name not in without
    }

    assert writes == set(BODIES)


def test_a1_who_cannot_see_a_member_gets_404_whatever_they_do(world: World) -> None:
    everybody = callers(world)
    before = snapshot(world.ours)

    read = {who: statuses(everybody[who], world.ours, writing=False) for who in BLIND}
    written = {who: statuses(everybody[who], world.ours, writing=True) for who in BLIND}

    assert read == {key: {404} for key in BLIND}
    assert written == {key: {404} for key in BLIND}
    assert snapshot(world.ours) == before


def test_nobody_is_asked_for_a_token(world: World) -> None:
    nobody = callers(world)["nobody"]

    assert statuses(nobody, world.ours, writing=False) == {401}
    assert statuses(nobody, world.ours, writing=True) == {401}
    assert {nobody.get(reverse(endpoint.name)).status_code for endpoint in LISTS} == {401}


def test_a3_who_may_only_read_reads_everything_and_changes_nothing(world: World) -> None:
    everybody = callers(world)
    before = snapshot(world.ours)

    read = {who: statuses(everybody[who], world.ours, writing=False) for who in READING}
    written = {who: statuses(everybody[who], world.ours, writing=True) for who in READING}

    assert read == {key: {200} for key in READING}
    assert written == {key: {403} for key in READING}
    assert snapshot(world.ours) == before


@pytest.mark.parametrize("who", WRITING)
def test_a2_who_may_write_is_never_refused_what_is_theirs(world: World, who: str) -> None:
    caller = callers(world)[who]
    expected = {
        ("api:member", "patch"): 200,
        ("api:identifiers", "post"): 201,
        ("api:identifier", "delete"): 204,
        ("api:identifier_prefer", "post"): 200,
        ("api:contacts", "post"): 400,  # no offer of a look-up
        ("api:contact", "patch"): 200,
        # Oneself one does not remove: one leaves.
        ("api:contact", "delete"): 403 if who == "contact's token" else 204,
        ("api:contact_roles", "put"): 200,
        # R2: a protected role; and there is no such contact.
        ("api:hand_overs", "post"): 403 if who == "contact's token" else 404,
        ("api:invitations", "post"): 201,
        ("api:invitation_resend", "post"): 200,
        ("api:invitation_withdraw", "post"): 200,
        ("api:look_ups", "post"): 400,
    }

    read = statuses(caller, world.ours, writing=False)
    written = {
        (name, method): status for name, method, status in answers(caller, world.ours, writing=True)
    }

    assert read == {200}
    assert written == expected


@pytest.mark.parametrize("who", WRITING)
def test_a2_another_members_rows_under_ones_own_address_are_404(world: World, who: str) -> None:
    caller = callers(world)[who]
    before = snapshot(world.theirs)
    found = set()

    for endpoint in OF_A_MEMBER:
        if "pk" not in endpoint.arguments:
            continue
        theirs = endpoint.address(world.theirs)
        address = theirs.replace(world.theirs.member.slug, world.ours.member.slug)
        for method in endpoint.methods:
            body = BODIES.get((endpoint.name, method))
            found.add(caller.send(method, address, body, if_match='"1"').status_code)
    handed = caller.post(
        reverse("api:hand_overs", args=[world.ours.member.slug]),
        {"role": "main", "to": world.theirs.contact.pk},
    )

    assert found == {404}
    assert handed.status_code in {403, 404}
    assert snapshot(world.theirs) == before


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("stranger", set()),
        ("operator", set()),
        ("main's token", {"our-university"}),
        ("token that reads", {"our-university"}),
        ("token of another member", {"their-university"}),
        ("token of a lead contact", {"lead-library"}),
        ("reader's token", {"our-university", "their-university", "lead-library"}),
        ("desk manager", {"our-university", "their-university", "lead-library"}),
    ],
)
def test_lists_hold_what_is_in_reach_and_nothing_else(
    world: World, who: str, seen: set[str]
) -> None:
    caller = callers(world)[who]

    for endpoint in LISTS:
        results = caller.get(reverse(endpoint.name)).json()["results"]
        found = {row.get("member", row.get("slug")) for row in results} - {None}
        assert found <= seen, endpoint.name
        if endpoint.name == "api:members":
            assert found == seen


def test_events_of_others_are_not_found_by_asking_for_them(world: World) -> None:
    caller = callers(world)["main's token"]

    asked = caller.get(reverse("api:events"), member="their-university")
    contacts = caller.get(reverse("api:all_contacts"), member="their-university")

    assert asked.status_code == 404
    assert contacts.json()["results"] == []
    assert Event.objects.filter(member=world.theirs.member).exists()
