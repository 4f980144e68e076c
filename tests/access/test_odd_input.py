"""Whatever stands in a field or in an address, a page answers: what people make up is no error of ours.

Each form and each page is tried once, whoever comes to it first.
"""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from contacts.models import DeskSeat, User
from integrations.works.models import Keeper
from tests.access.urlconf import View, every_view
from tests.access.world import World
from tests.accounts.steps import proved_client
from tests.browser.test_pages import pages_of
from tests.factories import make_contact

pytestmark = pytest.mark.django_db
# A number that no database takes, a text that no column holds, a character that PostgreSQL refuses.
NUMBER, LONG, NOTHING = "9" * 30, "9" * 5000, "a\0b"
TYPED = {"email", "password", "search", "tel", "text", "url"}
IN_ADDRESSES = (
    "after", "asked", "at", "before", "country", "from", "key", "next", "order", "page", "per", "q",
    "role", "search", "show", "sort", "state", "through", "to", "type", "year",
)  # fmt: skip


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    # Those in which nobody types: keys, versions, choices.
    given: list[str] = field(default_factory=list)

    @property
    def kind(self) -> tuple[str, ...]:
        return (self.method, kind(self.action), *self.fields)


def kind(address: str) -> str:
    """The same for each work, each contact."""
    return re.sub(r"\d+|\?.*", "0", address)


class _Forms(HTMLParser):
    """The forms of a page, filled in as they are shown."""

    def __init__(self, page: str, content: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._page, self._select = page, ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = (given.get("action") or self._page).split("#")[0]
            self.found.append(Form(action, given.get("method", "get").lower()))
        elif self.found and given.get("type") != "file":
            self._take(tag, given, self.found[-1])

    def _take(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, fields = given.get("name", ""), form.fields
        if name and tag != "textarea" and given.get("type") not in TYPED:
            form.given.append(name)
        if tag == "option" and "selected" in given:
            fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = name
            fields.setdefault(name, "")
        elif given.get("type") in {"checkbox", "radio"} and "checked" not in given:
            fields.setdefault(name, given.get("value", "on"))
        elif tag in {"input", "textarea", "button"} and name:
            fields[name] = given.get("value", "")


@pytest.fixture
def visits(world: World) -> list[tuple[Client, list[str]]]:
    """Everybody with their pages; those who keep works come before the contacts, who may, too."""
    pages = pages_of(world)
    keeper = Keeper.objects.exclude(orcid="").get(member=world.ours.member)
    at_works = [page for page in pages["main contact"] if "/works/" in page]
    everybody = [(client_of(world.people[who]), some) for who, some in pages.items()]
    return [(client_of(User.objects.get(orcid=keeper.orcid)), at_works), *everybody]


@pytest.fixture(autouse=True)
def files_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """No savepoint brings a file back."""
    monkeypatch.setattr(FileSystemStorage, "delete", lambda *_: None)


def client_of(user: User | None) -> Client:
    client = proved_client(user) if user else Client()
    client.raise_request_exception = False
    return client


@contextmanager
def taken_back(client: Client) -> Iterator[None]:
    """What is done in it has not been done: to rows, the session, what is counted."""
    point, cookies = transaction.savepoint(), copy.copy(client.cookies)
    yield
    transaction.savepoint_rollback(point)
    client.cookies = cookies
    cache.clear()


def is_broken(client: Client, method: str, address: str, data: dict[str, str]) -> bool:
    with taken_back(client):
        return bool(getattr(client, method)(address, data).status_code == 500)


def forms_of(visits: list[tuple[Client, list[str]]]) -> Iterator[tuple[Client, Form]]:
    seen: set[Any] = set()
    for client, pages in visits:
        for page in pages:
            answer = client.get(page)
            for form in _Forms(page, "".join(map(bytes.decode, answer))).found:
                if form.kind not in seen:
                    seen.add(form.kind)
                    yield client, form


def test_a_page_answers_whatever_stands_in_a_field(visits: list[tuple[Client, list[str]]]) -> None:
    forms, broken = list(forms_of(visits)), []
    for client, form in forms:
        tries = [(name, form.fields | {name: NUMBER}) for name in form.given]
        tries += [("all", dict.fromkeys(form.fields, odd)) for odd in (LONG, NOTHING)]
        for what, data in tries:
            if is_broken(client, form.method, form.action, data):
                broken.append((form.method, form.action, what))

    assert broken == []
    assert len(forms) > 50


def test_a_page_answers_whatever_is_asked_of_it(visits: list[tuple[Client, list[str]]]) -> None:
    pages = {kind(page): (client, page) for client, some in visits for page in some}

    broken = [
        (page, odd[:3])
        for client, page in pages.values()
        for odd in (NUMBER, LONG, NOTHING)
        if is_broken(client, "get", page, dict.fromkeys(IN_ADDRESSES, odd))
    ]

    assert broken == []


def addresses_of(view: View, world: World) -> list[str]:
    real = {"slug": world.ours.member.slug, "consortium": world.consortium.slug}
    found = []
    for odd in (NUMBER, NOTHING):
        try:
            arguments = {name: real.get(name, odd) for name in view.arguments}
            found.append(reverse(view.name, kwargs=arguments))
        except NoReverseMatch:
            continue
    return found


def test_there_is_an_answer_at_every_address(world: World) -> None:
    main = world.ours.main
    at_lead = make_contact(world.lead, orcid=main.orcid)
    DeskSeat.objects.create(consortium=world.consortium, contact=at_lead, level="manager")
    client = client_of(world.user("main contact"))
    views = [view for view in every_view() if view.arguments]

    broken = [
        (method, address)
        for view in views
        for address in addresses_of(view, world)
        for method in ("get", "post")
        if is_broken(client, method, address, {})
    ]

    assert broken == []
