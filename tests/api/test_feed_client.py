"""The client in docs/ keeps a copy in step, erasures too."""

import datetime
import importlib.util
import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from contacts.models import Contact, Role
from contacts.services import leaving, retention, roles
from members.actors import Actor
from members.models import Membership
from members.services.information import edit_information
from tests.api.calling import secret_for
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import make_desk

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system()
SCRIPT = Path(settings.BASE_DIR) / "docs" / "feed_client" / "feed_client.py"


@pytest.fixture
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("feed_client", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def people(path: Path) -> dict[str, tuple[str, list[str], bool]]:
    """Who is in the copy: member, roles, whether they vote."""
    with sqlite3.connect(path) as db:
        bodies = [json.loads(row[0]) for row in db.execute("SELECT body FROM contacts")]
    return {row["display_name"]: (row["member"], row["roles"], row["votes"]) for row in bodies}


def rows(path: Path, query: str, *values: Any) -> list[Any]:
    with sqlite3.connect(path) as db:
        return db.execute(query, values).fetchall()


def test_copy_stays_in_step(
    client: ModuleType, live_server: LiveServer, tmp_path: Path, monkeypatch
) -> None:
    desk = make_desk()
    beta, gamma = make_member("Beta", desk.consortium), make_member("Gamma", desk.consortium)
    ada = make_contact(beta, [Role.MAIN], given_names="Ada", family_name="A")
    make_contact(gamma, given_names="Gus", family_name="G")
    secret = secret_for(desk.reader, consortium=desk.consortium, can_write=False)
    file = tmp_path / "copy.sqlite3"

    def sync() -> int:
        copy = client.Copy(str(file))
        new: int = client.sync(client.Portal(live_server.url, secret), copy)
        copy.db.close()
        return new

    first, again = sync(), sync()
    after_first = people(file)

    bob = make_contact(beta, given_names="Bob", family_name="B")
    roles.set_roles(contact_id=bob.pk, version=1, roles=["voting"], by=SYSTEM)
    edit_information(member_id=beta.pk, version=None, by=SYSTEM, city="Leeds")
    today = timezone.localdate()
    Membership.objects.filter(member=gamma).update(end=today)
    edit_information(member_id=gamma.pk, version=None, by=SYSTEM, city="Bath")
    second, on_the_last_day = sync(), people(file)
    Membership.objects.filter(member=gamma).update(end=today - datetime.timedelta(days=1))
    monkeypatch.setattr(client, "today", lambda: str(today + datetime.timedelta(days=1)))
    leaving.remove_contact(contact_id=bob.pk, by=SYSTEM)
    sync()

    assert (first, again, second) == (1, 0, 3)
    assert after_first["Ada A"] == ("beta", ["main"], True)
    assert set(after_first) == {"Lead Aaron", "Desk Abel", "Ada A", "Gus G"}
    assert on_the_last_day["Bob B"] == ("beta", ["voting"], True)
    assert on_the_last_day["Ada A"] == ("beta", ["main"], False)
    assert "Gus G" in on_the_last_day
    # No event says that a last day is past: the copy drops the member by itself.
    assert set(people(file)) == {"Lead Aaron", "Desk Abel", "Ada A"}
    [(body,)] = rows(file, "SELECT body FROM members WHERE slug = 'beta'")
    assert json.loads(body)["city"] == "Leeds"

    Contact.objects.filter(pk=bob.pk).update(removed_at=timezone.now().replace(year=2020))
    before = rows(file, "SELECT count(*) FROM events WHERE personal LIKE '%Bob%'")
    retention.erase_former_contacts()
    sync()

    assert before == [(2,)]
    assert rows(file, "SELECT count(*) FROM events WHERE personal LIKE '%Bob%'") == [(0,)]
    assert b"Bob" not in file.read_bytes()
    assert ada.display_name in people(file)


def test_refused_token_is_said_and_loses_nothing(
    client: ModuleType, live_server: LiveServer, tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("MEMBER_TOOLS_TOKEN", "mt_unknown")
    make_user()

    status = client.main([live_server.url, str(tmp_path / "copy.sqlite3")])

    assert status == 1
    assert capsys.readouterr().err == "Not up to date: HTTP Error 401: Unauthorized\n"


def test_token_is_sent_over_https_only(client: ModuleType) -> None:
    with pytest.raises(ValueError, match="https only"):
        client.Portal("http://members.example.org", "mt_x")
