"""A person's publications × everybody else: what is somebody else's is 404 or not there (A1, O7)."""

from dataclasses import dataclass
from functools import partial

import pytest
from django.core import serializers
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from contacts.models import Run, User
from integrations.push.models import Delivery
from integrations.push.services import queueing
from integrations.works.models import MemberWork, Work
from integrations.works.services import imports
from members.actors import Actor
from members.models import Member
from tests.access.test_matrix import BLIND, DESK, INSIDE, rolled_back, signed_in
from tests.access.urlconf import every_view
from tests.access.world import World
from tests.admin.operator import operator_client
from tests.factories import make_connection, make_grant, make_user, make_work
from tests.works_member.conftest import by, make_member_work

pytestmark = pytest.mark.django_db
EVERYBODY = [*BLIND, *DESK, *INSIDE]
OF_ONE = [
    view for view in every_view() if view.name.startswith("works:") and "pk" in view.arguments
]


@dataclass
class Things:
    """One of each kind that a person has, and where it is shown, changed or deleted."""

    owner: User
    work: Work
    run: Run
    delivery: Delivery
    at_institution: MemberWork

    def key(self, name: str) -> int:
        kinds = {"import": self.run, "queue": self.delivery, "institution": self.at_institution}
        found = [row.pk for kind, row in kinds.items() if f":{kind}_" in name]
        return int(found[0] if found else self.work.pk)

    def as_they_are(self) -> list[str]:
        for row in (rows := (self.work, self.run, self.delivery, self.at_institution)):
            row.refresh_from_db()
        return [serializers.serialize("json", [row]) for row in rows]


def make_things(member: Member) -> Things:
    """Of somebody who added a draft at the institution, and to whose record another work goes."""
    owner = make_user()
    make_grant(owner, member)
    [sent] = queueing.queue(
        connection_id=make_connection(str(owner.orcid)).pk,
        section="work",
        item_ids=[make_member_work(member, contributors=by(owner), state="public").pk],
        member_id=member.pk,
    )
    return Things(
        owner,
        make_work(owner, visibility="limited", left_orcid_at=None),
        imports.upload(
            file=ContentFile(b"title,type\nA book,book\n", name="works.csv"),
            by=Actor.contact(owner),
        ),
        sent,
        make_member_work(member, contributors=by(owner), added_by=owner, origin="researcher"),
    )


def ask(client: Client, method: str, things: Things) -> dict[str, int]:
    """Each page about one thing."""
    send, found = getattr(client, method), {}
    for view in OF_ONE:
        place = reverse(view.name, args=[things.key(view.name)])
        found[view.name] = rolled_back(partial(send, place)).status_code
    return found


def test_some_pages_are_about_one_thing_and_it_is_there_for_its_owner(world: World) -> None:
    things = make_things(world.ours.member)
    world.people["owner"] = things.owner
    client = signed_in(world, "owner")

    got, posted = ask(client, "get", things), ask(client, "post", things)

    assert got
    # What is but a button takes no GET.
    wrong = {name for name in got if (posted if got[name] == 405 else got)[name] >= 400}
    assert wrong == set()


@pytest.mark.parametrize("who", EVERYBODY)
def test_a1_what_is_somebody_elses_is_not_there(world: World, who: str) -> None:
    """Nor for a colleague, who is a researcher of the same institution and connected to ORCID."""
    things = make_things(world.ours.member)
    if (user := world.people[who]) and user.orcid:
        make_grant(user, world.ours.member)
        make_connection(user.orcid)
    before = things.as_they_are()

    client = signed_in(world, who)
    got, posted = ask(client, "get", things), ask(client, "post", things)

    # A page that takes no GET, or no POST, says so whoever asks.
    assert {*got.values(), *posted.values()} == {404, 405}
    assert {name for name in got if 404 not in (got[name], posted[name])} == set()
    assert things.as_they_are() == before


@pytest.mark.parametrize("who", EVERYBODY)
def test_o7_everybodys_list_is_their_own(world: World, who: str) -> None:
    make_work(make_user(), "Somebody else’s")
    if mine := world.people[who]:
        make_work(mine, "My own")

    content = signed_in(world, who).get(reverse("works:publications")).content.decode()

    assert ("Somebody else’s" in content, "My own" in content) == (False, True)


def test_o7_the_operator_sees_no_work_that_is_not_public() -> None:
    make_work(make_user(), "For trusted parties", visibility="limited")
    make_work(make_user(), "For everyone")

    content = operator_client().get(reverse("admin:works_work_changelist")).content.decode()

    assert ("For trusted parties" in content, "For everyone" in content) == (False, True)
