"""The kinds of items a record has, each with what differs from the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.sandbox import affiliations, refusals, works
from integrations.sandbox.api import schema
from integrations.sandbox.api.affiliation_checks import check_other, check_post
from integrations.sandbox.api.work_checks import check_work
from integrations.sandbox.models import Activity
from integrations.sandbox.works import Content, ShapeError

Json = dict[str, Any]


@dataclass(frozen=True)
class Section:
    kind: Activity.Kind
    # The list's word in paths: `works`.
    plural: str
    shape: schema.Shape
    # ApiError as the registry would say it.
    check: Callable[[Mapping[str, Any]], None]
    content: Callable[[Mapping[str, Any]], Content]
    # What an item says, in ORCID's order.
    keys: tuple[str, ...]

    def checked(self, entry: Json) -> Content:
        """What the registry would store of what was sent."""
        try:
            self.check(entry)
            return self.content(entry)
        except (ShapeError, AttributeError, TypeError) as error:
            raise refusals.bad_json(str(error)) from error


WORKS = Section(
    kind=Activity.Kind.WORK,
    plural="works",
    shape=schema.WORK,
    check=check_work,
    content=works.content,
    keys=(
        "title",
        "journal-title",
        "short-description",
        "citation",
        "type",
        "publication-date",
        "external-ids",
        "url",
        "contributors",
        "language-code",
        "country",
    ),
)

# These need an organisation that the registry knows.
POSTS = frozenset({Activity.Kind.EMPLOYMENT, Activity.Kind.EDUCATION})
AFFILIATIONS = tuple(
    Section(
        kind=kind,
        plural=plural,
        shape=schema.AFFILIATION,
        check=check_post if kind in POSTS else check_other,
        content=affiliations.content,
        keys=(
            "department-name",
            "role-title",
            "start-date",
            "end-date",
            "organization",
            "url",
            "external-ids",
        ),
    )
    for kind, plural in affiliations.PLURALS.items()
)
SECTIONS = (WORKS, *AFFILIATIONS)
