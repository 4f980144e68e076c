"""A record's affiliations as its pages show them: by section, what goes on first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from integrations.sandbox.affiliations import PLURALS, organization_name, ror_of
from integrations.sandbox.api.affiliations import latest_first
from integrations.sandbox.api.groups import Row, groups_by_kind
from integrations.sandbox.models import Client, Person, Visibility
from integrations.sandbox.web.works_shown import fuzzy_in_words, safe_url, text, type_in_words

Json = dict[str, Any]


@dataclass(frozen=True)
class Affiliation:
    put_code: int
    summary: Json
    source: str
    visibility: str

    @property
    def organization(self) -> str:
        return organization_name(self.summary)

    @property
    def place(self) -> str:
        address = self.summary["organization"]["address"] or {}
        return ", ".join(filter(None, (address.get("city"), address.get("country"))))

    @property
    def role(self) -> str:
        parts = (self.summary["role-title"], self.summary["department-name"])
        return ", ".join(filter(None, parts))

    @property
    def start(self) -> str:
        return fuzzy_in_words(self.summary["start-date"])

    @property
    def end(self) -> str:
        return fuzzy_in_words(self.summary["end-date"])

    @property
    def ror(self) -> str:
        return ror_of(self.summary)

    @property
    def url(self) -> str:
        return safe_url(text(self.summary["url"]))


@dataclass(frozen=True)
class AffiliationSection:
    name: str
    heading: str
    items: list[Affiliation]


def public_affiliations(person: Person) -> list[AffiliationSection]:
    return sections(person, Q(visibility=Visibility.PUBLIC))


def sections(person: Person, seen: Q | None = None) -> list[AffiliationSection]:
    """Those with something in them; the preferred one of each group."""
    found = groups_by_kind(person, PLURALS, seen)
    rows = {kind: [group[0] for group in groups] for kind, groups in found.items()}
    wanted = {row.source_client_id for some in rows.values() for row in some} - {None}
    names = dict(Client.objects.filter(pk__in=wanted).values_list("pk", "name"))

    def shown(row: Row) -> Affiliation:
        return Affiliation(
            put_code=row.put_code,
            summary=row.summary,
            source=names.get(row.source_client_id or 0) or person.public_name or "the person",
            visibility=row.visibility,
        )

    return [
        AffiliationSection(
            name=PLURALS[kind],
            heading=type_in_words(PLURALS[kind]),
            items=[
                shown(row)
                for row in sorted(some, key=lambda row: latest_first(row.summary), reverse=True)
            ],
        )
        for kind, some in rows.items()
        if some
    ]
