"""The pages of announcements × everybody: readers read, managers write (A4); each its consortium's."""

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Announcement, Mail
from members.models import Event
from tests.access.world import World
from tests.factories import make_consortium

pytestmark = pytest.mark.django_db
LIST = {"lead:announcements", "lead:addresses"}
READ = {"lead:announcement", "lead:announcement_audience", "lead:announcement_deliveries"}
WRITE = {"lead:announcement_new", "lead:announcement_edit", "lead:announcement_send"}
POST = {
    "lead:announcement_preview", "lead:announcement_discard", "lead:announcement_test",
    "lead:announcement_stop", "lead:announcement_again",
}  # fmt: skip
PAGES = LIST | READ | WRITE | POST
# An empty POST asks for the purpose; nothing leaves.
TAKE_POST = WRITE | POST | {"lead:addresses"}
WITHOUT_ID = LIST | {"lead:announcement_new", "lead:announcement_preview"}
OTHERS = [
    "stranger", "contact of another member", "contact", "main contact",
    "lead contact off the desk", "operator",
]  # fmt: skip


def address(world: World, name: str, of: Announcement | None = None) -> str:
    made = of or announcement(world)
    mail, _new = Mail.objects.get_or_create(
        kind="announcement", to="a@b.example", announcement=made, state="failed"
    )
    ids = [] if name in WITHOUT_ID else [made.pk]
    if name == "lead:announcement_again":
        ids.append(mail.pk)
    return reverse(name, args=[world.consortium.slug, *ids])


def announcement(world: World, **fields) -> Announcement:
    defaults = {"consortium": world.consortium, "created_by": world.people["desk manager"]}
    found = Announcement.objects.filter(**defaults, **fields).first()
    return found or Announcement.objects.create(
        kind="official", subject="S", body="B", **defaults, **fields
    )


def statuses(world: World, who: str, method: str, names: set[str]) -> dict[str, int]:
    client = Client()
    if user := world.people[who]:
        client.force_login(user)
    send = getattr(client, method)
    return {name: send(address(world, name)).status_code for name in sorted(names)}


@pytest.mark.parametrize(("who", "status"), [*((who, 404) for who in OTHERS), ("anonymous", 302)])
def test_a3_nobody_off_the_desk_gets_in(world: World, who: str, status: int) -> None:
    read, sent = LIST | READ | WRITE, TAKE_POST

    assert statuses(world, who, "get", read) == dict.fromkeys(sorted(read), status)
    assert statuses(world, who, "post", sent) == dict.fromkeys(sorted(sent), status)


def test_a4_readers_read_and_write_nothing(world: World) -> None:
    before = Event.objects.count()

    read, refused = LIST | READ, WRITE | POST

    assert statuses(world, "desk reader", "get", read) == dict.fromkeys(sorted(read), 200)
    assert statuses(world, "desk reader", "get", WRITE) == dict.fromkeys(sorted(WRITE), 403)
    assert statuses(world, "desk reader", "post", refused) == dict.fromkeys(sorted(refused), 403)
    assert Event.objects.count() == before


def test_a4_managers_get_in_everywhere(world: World) -> None:
    pages = LIST | READ | WRITE

    assert statuses(world, "desk manager", "get", pages) == dict.fromkeys(sorted(pages), 200)
    answers = statuses(world, "desk manager", "post", TAKE_POST - {"lead:announcement_discard"})
    assert set(answers.values()) <= {200, 302}


def test_the_wrong_method_is_405(world: World) -> None:
    read_only = (LIST | READ) - TAKE_POST

    assert set(statuses(world, "desk manager", "post", read_only).values()) == {405}
    assert set(statuses(world, "desk manager", "get", POST).values()) == {405}


def test_a3_another_consortiums_announcement_under_ones_own_address_is_404(world: World) -> None:
    other = make_consortium("Elsewhere")
    theirs = Announcement.objects.create(
        consortium=other, kind="official", subject="S", body="B",
        created_by=world.user("stranger"),
    )  # fmt: skip
    client = Client()
    client.force_login(world.user("desk manager"))
    names = sorted((READ | WRITE | POST) - WITHOUT_ID)

    answers = [
        getattr(client, "post" if name in POST else "get")(address(world, name, theirs)).status_code
        for name in names
    ]

    assert answers == [404] * len(names)


def test_a4_a_mail_of_something_else_is_not_sent_again(world: World) -> None:
    mail = Mail.objects.create(kind="invitation", to="x@y.example", state="failed")
    client = Client()
    client.force_login(world.user("desk manager"))
    path = address(world, "lead:announcement_again")

    answer = client.post(path.replace(path.split("/")[-3], str(mail.pk)))

    assert answer.status_code == 404
