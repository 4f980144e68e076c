"""How contacts are written down in files: as ORCID Self Service did, or with everything apart.

The words of a file are for other programs: they are not translated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from contacts.facts import BITS, votes
from contacts.models import Role
from integrations.orcid.ids import orcid_uri
from members.cells import neutralise
from members.dates import iso_day
from members.models import Member

Row = list[str]
# Makes rows of what is read, in the order of the layout's columns.
Maker = Callable[[tuple[Any, ...]], Row]

_VOTING, _MAIN = BITS[Role.VOTING], BITS[Role.MAIN]
# For every set of roles a contact can hold: the database sends one number for each.
_SETS = range(1 << len(Role))
_ROLES = ["; ".join(role.label for role in Role if bits & BITS[role]) for bits in _SETS]
_TICKS = [["Yes" if bits & BITS[role] else "No" for role in Role] for bits in _SETS]
_SIGNATORY = BITS[Role.SIGNATORY]


@dataclass(frozen=True)
class Layout:
    """One way to write contacts down; `contact` and `record` name the columns they are made of."""

    name: str
    header: list[str]
    contact: list[str]
    contact_maker: Callable[[], Maker]
    record: list[str]
    record_maker: Callable[[], Maker]


def _yes(said: bool) -> str:  # noqa: FBT001  # private
    return "Yes" if said else "No"


# --- As ORCID Self Service wrote it ---------------------------------------------------------------


def _brief_contact() -> Maker:
    uri = orcid_uri("")

    def make(row: tuple[Any, ...]) -> Row:
        _key, member, given, family, email, orcid, bits, is_voted_for = row
        # Written out rather than called: there may be a hundred thousand.
        is_voter = bits & _VOTING or (bits & _MAIN and not is_voted_for)
        return [
            neutralise(member),
            neutralise(f"{given} {family}".strip()),
            neutralise(email),
            uri + orcid,
            "Yes" if is_voter else "No",
            _ROLES[bits],
        ]

    return make


def _brief_record() -> Maker:
    def make(row: tuple[Any, ...]) -> Row:
        _key, member, name, email = row
        typed = [neutralise(member), neutralise(name), neutralise(email)]
        return [*typed, "", "No", Role.SIGNATORY.label]

    return make


# Read by the programs that read that file: these six columns, and no more.
SELF_SERVICE = Layout(
    "self-service",
    ["Member", "Name", "Email", "ORCID iD", "Voting contact", "Role"],
    [
        *("member__display_name", "given_names", "family_name", "email", "orcid"),
        *("role_bits", "is_voted_for"),
    ],
    _brief_contact,
    ["member__display_name", "name", "email"],
    _brief_record,
)

# --- Everything apart -----------------------------------------------------------------------------

_OF_MEMBER = ["member__display_name", "member__legal_name", "member__slug", "member__country"]
_OF_MEMBER += ["member__community", "is_active", "is_current", "member__confirmed_at"]


def _member_cells() -> Callable[..., Row]:
    """The member's columns; its neighbours in the file are mostly of the same one."""
    communities = _in_english(dict(Member.Community.choices))
    known: dict[int, Row] = {}

    def cells(key: int, row: tuple[Any, ...]) -> Row:
        if key not in known:
            name, legal, slug, country, community, is_active, is_current, confirmed = row
            known.clear()
            known[key] = [
                neutralise(name),
                neutralise(legal),
                slug,
                str(country),
                communities[community],
                "Active" if is_active else "Pending" if is_current else "Ended",
                iso_day(confirmed),
            ]
        return known[key]

    return cells


def _in_english(labels: dict[str, Any]) -> dict[str, str]:
    with translation.override("en"):
        return {value: str(label) for value, label in labels.items()}


def _detailed_contact() -> Maker:
    uri = orcid_uri("")
    of_member = _member_cells()
    size = len(_OF_MEMBER)

    def make(row: tuple[Any, ...]) -> Row:
        person, facts = row[1 + size : 6 + size], row[6 + size :]
        orcid, bits, is_voted_for, is_proved, *said = facts
        return [
            *of_member(row[0], row[1 : 1 + size]),
            *(neutralise(text) for text in person),
            uri + orcid,
            _yes(is_proved),
            *_TICKS[bits],
            _yes(votes(bits, is_voted_for)),
            *map(_yes, said),
        ]

    return make


def _detailed_record() -> Maker:
    of_member = _member_cells()

    def make(row: tuple[Any, ...]) -> Row:
        key, name, position, email, *member = row
        person = [neutralise(text) for text in ("", name, position, email, "")]
        nothing_said = ["", "", ""]
        return [
            *of_member(key, tuple(member)), *person, "", "", *_TICKS[_SIGNATORY], "No",
            *nothing_said,
        ]  # fmt: skip

    return make


# Names that our own import of contacts knows, or passes over.
DETAILED = Layout(
    "detailed",
    [
        *("Member", "Member legal name", "Slug", "Country", "Community", "Status"),
        *("Last confirmed", "Given names", "Family name", "Job title", "Email", "Phone"),
        *("ORCID iD", "iD authenticated"),
        *(role.label for role in Role),
        *("Votes", "Wants events", "Wants newsletters", "Outside e-mail domains"),
    ],
    [
        *_OF_MEMBER,
        *("given_names", "family_name", "job_title", "email", "phone", "orcid"),
        *("role_bits", "is_voted_for", "is_proved"),
        *("wants_events", "wants_newsletters", "outside_domains"),
    ],
    _detailed_contact,
    ["name", "position", "email", *_OF_MEMBER],
    _detailed_record,
)
LAYOUTS = {layout.name: layout for layout in (SELF_SERVICE, DETAILED)}
