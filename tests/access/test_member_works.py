"""A member's works × everybody: contacts and the publications desk keep them, the lead reads (A1–A3)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Run, User
from integrations.works.models import Grant, Keeper, MemberWork
from tests.access.urlconf import every_view
from tests.access.world import Side, World
from tests.factories import make_user, make_work

pytestmark = pytest.mark.django_db
OF_RESEARCHER = {"tools:researcher", "tools:researcher_take"}
PAGES = {
    view.name
    for view in every_view()
    if view.name.startswith("tools:work") or view.name in OF_RESEARCHER
}
# What anybody reads who may see the works; the desk's own people are for those who see the member.
READ = {"tools:works", "tools:work", "tools:works_export", "tools:works_settings"}
READ |= {"tools:works_desk", "tools:works_offered", "tools:researcher"}
# What only the member's contacts do.
OF_CONTACTS = {"tools:works_desk_add", "tools:works_desk_confirm", "tools:works_desk_invite"}
OF_CONTACTS_BY_POST = {"tools:works_desk_remove", "tools:works_desk_resend"}
KEEP = {"tools:work_add", "tools:work_delete", "tools:works_import"}
KEEP_BY_POST = {"tools:works_states", "tools:work_state", "tools:researcher_take"}
# A file of somebody's own.
FILES = {"tools:works_import_run", "tools:works_import_failing"}
LEAVE = {"tools:works_desk_leave"}
BLIND = ["stranger", "contact of another member", "lead contact off the desk", "operator"]


def test_every_page_of_works_is_in_the_matrix() -> None:
    every = READ | OF_CONTACTS | OF_CONTACTS_BY_POST | KEEP | KEEP_BY_POST | FILES | LEAVE

    assert every == PAGES


def things(side: Side) -> dict[str, Any]:
    """One of each kind at the member, and somebody on its desk."""
    researcher = make_user()
    Grant.objects.create(person=researcher, member=side.member, purpose="list")
    make_work(researcher)
    keeper = make_user(name="Kim Keeper")
    kept = {
        "member": side.member,
        "orcid": keeper.orcid,
        "email": f"kim@{side.member.slug}.example",
    }
    return {
        "keeper": Keeper.objects.create(**kept),
        "work": MemberWork.objects.create(member=side.member, title="W", type="book"),
        "person": keeper,
        "orcid": researcher.orcid,
        "run": Run.objects.create(
            kind="member_works", state="draft", started_by=researcher,
            subject={"member": side.member.pk},
        ),
    }  # fmt: skip


def address(name: str, side: Side, has: dict[str, Any]) -> str:
    kwargs: dict[str, Any] = {"slug": side.member.slug}
    arguments = next(view for view in every_view() if view.name == name).arguments
    if "pk" in arguments:
        kind = "keeper" if "desk" in name else "run" if "import" in name else "work"
        kwargs["pk"] = has[kind].pk
    if "form" in arguments:
        kwargs["form"] = "csv"
    if "orcid" in arguments:
        kwargs["orcid"] = has["orcid"]
    return reverse(name, kwargs=kwargs)


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def ask(
    who: User | None, method: str, names: set[str], side: Side, has: dict[str, Any]
) -> dict[str, int]:
    send = getattr(client_of(who), method)
    return {name: send(address(name, side, has)).status_code for name in sorted(names)}


def expect(names: set[str], status: int) -> dict[str, int]:
    return dict.fromkeys(sorted(names), status)


@pytest.mark.parametrize("who", [*BLIND, "anonymous"])
def test_a1_to_outsiders_nothing_is_there(world: World, who: str) -> None:
    has, user = things(world.ours), world.people[who]
    by_get, status = READ | OF_CONTACTS | KEEP | FILES, 302 if who == "anonymous" else 404
    by_post = (PAGES - READ - FILES) | {"tools:work", "tools:works_settings"}

    assert ask(user, "get", by_get, world.ours, has) == expect(by_get, status)
    assert ask(user, "post", by_post, world.ours, has) == expect(by_post, status)
    assert MemberWork.objects.get().state == "draft"


@pytest.mark.parametrize("who", ["desk reader", "desk manager"])
def test_a3_the_lead_reads_and_changes_nothing(world: World, who: str) -> None:
    has, user = things(world.ours), world.people[who]
    refused = (OF_CONTACTS | OF_CONTACTS_BY_POST | KEEP | KEEP_BY_POST) | {
        "tools:work", "tools:works_settings", "tools:works_import_run",
    }  # fmt: skip

    assert ask(user, "get", READ, world.ours, has) == expect(READ, 200)
    assert ask(user, "post", refused, world.ours, has) == expect(refused, 403)
    assert ask(user, "post", LEAVE, world.ours, has) == expect(LEAVE, 404)
    assert MemberWork.objects.get().state == "draft"
    assert Keeper.objects.current().count() == 1


def test_the_publications_desk_keeps_works_and_names_nobody(world: World) -> None:
    has = things(world.ours)
    keeper, reads = has["person"], READ - {"tools:works_desk"}
    refused = OF_CONTACTS | OF_CONTACTS_BY_POST | {"tools:works_settings"}

    assert ask(keeper, "get", reads | KEEP, world.ours, has) == expect(reads | KEEP, 200)
    assert ask(keeper, "post", refused, world.ours, has) == expect(refused, 403)
    assert ask(keeper, "get", {"tools:works_desk"}, world.ours, has) == {"tools:works_desk": 302}


@pytest.mark.parametrize("who", ["contact", "main contact"])
def test_a2_contacts_do_all_of_it_and_nothing_at_another_member(world: World, who: str) -> None:
    has, theirs = things(world.ours), things(world.theirs)
    user = world.people[who]
    pages = READ | KEEP | {"tools:works_desk_add"}
    by_key = {"tools:work", "tools:work_delete", "tools:work_state"} | OF_CONTACTS_BY_POST

    assert ask(user, "get", pages, world.ours, has) == expect(pages, 200)
    assert ask(user, "post", by_key, world.ours, theirs) == expect(by_key, 404)
    assert ask(user, "get", READ, world.theirs, theirs) == expect(READ, 404)
    # Somebody else's file, though of the same member.
    assert ask(user, "get", FILES, world.ours, has) == expect(FILES, 404)
