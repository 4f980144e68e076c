"""*My publications* with ten thousand works, against that of a person who has none."""

import statistics

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from bench.lead_list import ROUNDS, Measured, _milliseconds, _queries
from contacts.models import User
from integrations.works import bulk
from integrations.works.identifiers import identifier
from integrations.works.models import Work

WORKS = 10_000
SOURCES = ["Crossref", "Scopus", "DataCite", "Europe PubMed Central", "A university"]
TYPES = ["journal-article", "book-chapter", "conference-paper", "data-set"]


def measure() -> list[Measured]:
    """The empty list first; the others name the ratio to it. Nothing of it stays."""
    with transaction.atomic():
        found = _measure()
        transaction.set_rollback(True)
    return found


def _measure() -> list[Measured]:
    nobody, somebody = (User.objects.create(name="Bench publications") for _ in range(2))
    bulk.insert([_work(somebody, number) for number in range(WORKS)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE works_work")
    url = reverse("works:publications")
    deep = Work.objects.of(somebody).order_by("published", "pk")[200].pk
    pages = [
        ("an empty list", nobody, url, None),
        (f"{WORKS} works", somebody, url, 4),
        ("deep in the list", somebody, f"{url}?after={deep}", 4),
        ("by title", somebody, f"{url}?sort=title", 4),
        ("filtered by type and year", somebody, f"{url}?type=data-set&year=1999", 4),
        ("search, many hits", somebody, f"{url}?search=measuring", 6),
        ("search, no hit", somebody, f"{url}?search=nothing-like-it", 6),
    ]
    clients = {person: _client(person) for person in (nobody, somebody)}
    queries = [_queries(clients[person], address) for _what, person, address, _target in pages]
    rounds = [
        [_milliseconds(clients[person], address) for _what, person, address, _target in pages]
        for _ in range(ROUNDS)
    ]
    times = [statistics.median(column) for column in zip(*rounds, strict=True)]
    return [
        Measured(what, milliseconds, count, target)
        for (what, _who, _url, target), milliseconds, count in zip(
            pages, times, queries, strict=True
        )
    ]


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
    return client


def _work(person: User, number: int) -> Work:
    people = [
        {"name": f"Ada B. Person{place}", "orcid": "", "role": "author", "sequence": "additional"}
        for place in range(number % 12)
    ]
    work = Work(
        person=person,
        origin=Work.Origin.ORCID,
        type=TYPES[number % len(TYPES)],
        title=f"On the measuring of publications, part {number} of a long series of works",
        journal_title="Journal of Measurements",
        published=f"{1950 + number % 75}-{number % 12 + 1:02}",
        identifiers=[identifier("doi", f"10.5555/bench.{number}", "self")],
        contributors=people,
        visibility=Work.Visibility.PUBLIC,
        put_code=number + 1,
        source_name=SOURCES[number % len(SOURCES)],
    )
    work.set_keys()
    return work
