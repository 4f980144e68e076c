"""People and works by the thousand, for benches: varied, plausible, the same for the same numbers."""

from collections.abc import Iterator

from django.db import transaction

from integrations.sandbox import activities, orcid_ids, people_file, works
from integrations.sandbox.activities import NewItem
from integrations.sandbox.models import Activity, Client, Person, Visibility
from integrations.sandbox.oauth import grants

TYPES = ("journal-article", "conference-paper", "book-chapter", "data-set", "preprint", "report")
SUBJECTS = ("Glacial valleys", "Coral reefs", "Medieval trade", "Sparse matrices", "Sleep", "Rust")
VIEWS = ("a survey", "ten years on", "in numbers", "a field study", "revisited", "an outlook")
# One work in ten is a second version of the one before it, and the preferred one.
EVERY = 10


@transaction.atomic
def people(
    count: int, *, works_each: int, client: Client | None, scopes: list[str]
) -> list[dict[str, str]]:
    """New people with works. With a client, each has given it these scopes: the token comes along."""
    made = []
    # One password for all: hashing is slow.
    password = Person(orcid="")
    password.set_password(people_file.DEFAULT_PASSWORD)
    for number, orcid in enumerate(new_orcids(count)):
        person = Person.objects.create(
            orcid=orcid,
            password=password.password,
            given_names="Generated",
            family_name=f"Person {number + 1}",
        )
        entry = {"orcid": person.orcid}
        if client:
            token = grants.issue_token(client=client, person=person, scopes=scopes)
            entry |= {"access_token": token.access_token, "refresh_token": token.refresh_token}
        made.append(entry)
        if works_each:
            add_works(person, works_each)
    return made


def new_orcids(count: int) -> list[str]:
    """That many iDs which nobody has; of thousands drawn by lot, two can be the same."""
    known = set(Person.objects.values_list("orcid", flat=True))
    new: set[str] = set()
    while len(new) < count:
        new.add(orcid_ids.new())
        new -= known
    return list(new)


def add_works(person: Person, count: int, *, client: Client | None = None) -> list[int]:
    """Put `count` new works on the record; returns their put-codes."""
    start = person.activities.count()
    items = list(new_works(person, range(start, start + count), client))
    return [item.pk for item in activities.add(person, Activity.Kind.WORK, items)]


def new_works(person: Person, numbers: range, client: Client | None) -> Iterator[NewItem]:
    for number in numbers:
        is_version = client is None and number % EVERY == EVERY - 1
        of = number - 1 if is_version else number
        yield NewItem(
            content=works.content(entry(person, of)),
            source_client=client,
            visibility=Visibility.PUBLIC,
            display_index=1 if is_version else None,
        )


def entry(person: Person, number: int) -> works.Json:
    subject, view = SUBJECTS[number % len(SUBJECTS)], VIEWS[number // 6 % len(VIEWS)]
    doi = f"10.5555/{person.orcid}.{number}"
    return {
        "title": {"title": {"value": f"{subject}: {view} ({number + 1})"}},
        "journal-title": {"value": f"Journal of {subject}"},
        "short-description": f"What there is to say about {subject.lower()}, part {number + 1}.",
        "type": TYPES[number % len(TYPES)],
        "publication-date": {
            "year": {"value": str(1990 + number % 36)},
            "month": {"value": f"{number % 12 + 1:02d}"} if number % 4 else None,
        },
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "doi",
                    "external-id-value": doi,
                    "external-id-url": {"value": f"https://doi.org/{doi}"},
                    "external-id-relationship": "self",
                }
            ]
        },
        "contributors": {
            "contributor": [
                {
                    "credit-name": {"value": name},
                    "contributor-attributes": {
                        "contributor-sequence": "additional" if position else "first",
                        "contributor-role": "author",
                    },
                }
                for position, name in enumerate((person.display_name, "Ana Coautor", "Bo Writer"))
            ]
        },
        "language-code": "en",
    }
