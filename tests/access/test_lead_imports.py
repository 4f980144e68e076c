"""The pages of an import of contacts × everybody: managers alone (A4), of their own consortium."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from contacts.models import ContactImport, Invitation, Run
from members.models import Event
from tests.access.world import World

pytestmark = pytest.mark.django_db
FILE = b"Member,Email\nTheir University,new@their.example\nNobody,x@x.example\n"
# What each asks for in its address besides the consortium.
READ = {
    "lead:contact_imports": "",
    "lead:contact_import_run": "run",
    "lead:contact_import_run_problems": "run",
    "lead:contact_import": "import",
    "lead:contact_import_csv": "import",
    "lead:contact_import_left_out": "import",
    "lead:contact_import_send": "import",
    "lead:contact_import_remind": "import",
}
POST = {"lead:contact_import_person": "invitation"}
PAGES = READ | POST
TAKE_POST = {
    "lead:contact_imports", "lead:contact_import_run", "lead:contact_import_send",
    "lead:contact_import_remind", *POST,
}  # fmt: skip
OTHERS = [
    "stranger", "contact of another member", "contact", "main contact",
    "lead contact off the desk", "operator",
]  # fmt: skip
STATUS = [*((who, 404) for who in OTHERS), ("desk reader", 403), ("anonymous", 302)]


def addresses(world: World) -> dict[str, str]:
    slug, manager = world.consortium.slug, world.people["desk manager"]
    assert manager is not None
    run = Run.objects.create(
        kind="contact_import",
        consortium=world.consortium,
        state="draft",
        started_by=manager,
        file=ContentFile(FILE, name="f.csv"),
    )
    into = ContactImport.objects.create(
        consortium=world.consortium,
        file_name="f.csv",
        finished_at="2030-01-01T00:00Z",
        left_out_rows=[["Member"], ["Nobody"]],
    )
    offer = Invitation.objects.create(
        member=world.theirs.member, email="draft@their.example", contact_import=into, sent_at=None
    )
    known = {"": [], "run": [run.pk], "import": [into.pk], "invitation": [into.pk, offer.pk]}
    return {name: reverse(name, args=[slug, *known[kind]]) for name, kind in PAGES.items()}


def client_for(world: World, who: str) -> Client:
    client = Client()
    if user := world.people[who]:
        client.force_login(user)
    return client


@pytest.mark.parametrize(("who", "status"), STATUS)
def test_a4_nobody_but_a_manager_gets_in(world: World, who: str, status: int) -> None:
    client, urls, before = client_for(world, who), addresses(world), Event.objects.count()

    read = {name: client.get(urls[name]).status_code for name in READ}
    sent = {name: client.post(urls[name]).status_code for name in TAKE_POST}

    assert (read, sent) == (dict.fromkeys(READ, status), dict.fromkeys(TAKE_POST, status))
    assert Event.objects.count() == before


def test_a4_a_manager_gets_in_everywhere(world: World) -> None:
    client, urls = client_for(world, "desk manager"), addresses(world)

    read = {name: client.get(urls[name]).status_code for name in READ}

    assert read == dict.fromkeys(READ, 200)


def test_the_wrong_method_is_405(world: World) -> None:
    client, urls = client_for(world, "desk manager"), addresses(world)

    refused = {name: client.post(urls[name]).status_code for name in set(READ) - TAKE_POST}
    refused |= {name: client.get(urls[name]).status_code for name in POST}

    assert set(refused.values()) == {405}
