"""What the rows of a members' file say, typed and checked one by one (formats.md section 3)."""

import datetime
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from members import identifiers
from members.models import Identifier, Member
from members.sheets import Row, plain_name

INFORMATION_COLUMNS = (
    "legal_name",
    "display_name",
    "country",
    "community",
    "website",
    "public_email",
    "description",
    "street",
    "city",
    "region",
    "postal_code",
)
IDENTIFIER_COLUMNS = tuple(str(scheme) for scheme in Identifier.Scheme)
COLUMNS = (*INFORMATION_COLUMNS, "start", *IDENTIFIER_COLUMNS)
_ALSO = {
    "postcode": "postal_code",
    "zip": "postal_code",
    "start_date": "start",
    "membership_start": "start",
    "ror_id": "ror",
    "grid_id": "grid",
    "ringgold_id": "ringgold",
    "isni_id": "isni",
    "lei_id": "lei",
    "funder_id": "fundref",
    "crossref_funder_id": "fundref",
}
# A column by any of the names it goes by, in the form `sheets.plain_name` gives.
NAMES = {plain_name(column): column for column in COLUMNS} | _ALSO
# What stands in files is the same in every language.
with translation.override("en"):
    _COMMUNITIES = {
        plain_name(name): str(community)
        for community in Member.Community
        for name in (community.value, str(community.label))
    }


@dataclass
class MemberRow:
    """One organisation as its row gives it. Cells left empty are not there: they change nothing."""

    number: int
    information: dict[str, str] = field(default_factory=dict)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    start: datetime.date | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        found = (self.information.get(name) for name in ("display_name", "legal_name"))
        return [name for name in found if name]


def read_member_row(row: Row) -> MemberRow:
    """Every error of the row is collected in `errors`; nothing is raised."""
    read = MemberRow(row.number, errors=list(row.errors))
    for column, cell in row.cells.items():
        if not cell:
            continue
        try:
            _read_cell(read, column, cell)
        except ValidationError as error:
            read.errors += [f"{column}: {message}" for message in error.messages]
    # A cell that could not be read named one, too.
    if not read.names and not any(row.cells.get(column) for column in IDENTIFIER_COLUMNS):
        read.errors.append(_("The row names no organisation."))
    return read


def _read_cell(read: MemberRow, column: str, cell: str) -> None:
    if column in IDENTIFIER_COLUMNS:
        for value in filter(None, (part.strip() for part in re.split(r"[;|]", cell))):
            pair = (column, identifiers.normalise(column, value))
            if pair not in read.identifiers:
                read.identifiers.append(pair)
    elif column == "start":
        read.start = read_date(cell)
    elif column == "country":
        read.information[column] = _read_country(cell)
    elif column == "community":
        read.information[column] = _read_community(cell)
    else:
        read.information[column] = cell


def read_date(cell: str) -> datetime.date:
    """A full ISO date: 3/4/2024 is one day in London and another in New York."""
    try:
        return datetime.date.fromisoformat(cell)
    except ValueError as error:
        raise ValidationError(
            _("“%(cell)s” is no date. Write it as year-month-day: 2024-07-31."),
            params={"cell": cell[:40]},
        ) from error


def _read_country(cell: str) -> str:
    code = countries.alpha2(cell.upper()) or countries.by_name(cell, language="en")
    if not code or code not in dict(countries):
        raise ValidationError(
            _("“%(cell)s” is no country. Write its two-letter code, such as CL."),
            params={"cell": cell[:40]},
        )
    return code


def _read_community(cell: str) -> str:
    try:
        return _COMMUNITIES[plain_name(cell)]
    except KeyError as error:
        raise ValidationError(
            _("“%(cell)s” is no community. There are: %(all)s."),
            params={
                "cell": cell[:40],
                "all": ", ".join(str(community.label) for community in Member.Community),
            },
        ) from error
