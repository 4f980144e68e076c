"""The demo's people, members, lead and publications, as the JSON files of these names hold them.

Every `ago`, `since`, `sent`, `joined` … counts days before today, so that the demo never gets old.
The iDs have valid check digits and lie outside the blocks from which ORCID issues its own.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NotRequired, TypedDict

HERE = Path(__file__).resolve().parent
# Who to sign in as, by the key in `people.json`.
SHOWN = {
    "main contact": "ase",
    "technical contact": "jonas",
    "lead-desk reader": "tomas",
    "lead-desk manager": "aoife",
    "two organisations": "emer",
    "publications desk": "tove",
    "author": "sunniva",
    "researcher": "ester",
}
# Two addresses to try when adding a contact: public at ORCID, and private there.
FINDABLE, HIDDEN = "sofia", "nuala"
PASSWORD = "sandbox"  # noqa: S105  # of everybody at the local ORCID, whose sign-in page shows it


class PortraitEntry(TypedDict):
    ground: str
    hair: str
    skin: str
    coat: str
    hair_is_long: bool


class ProfileEntry(TypedDict):
    ago: int
    portrait: PortraitEntry
    other_names: NotRequired[str]
    title: NotRequired[str]
    field: NotRequired[str]
    biography: NotRequired[str]
    links: NotRequired[list[dict[str, str]]]
    time_zone: NotRequired[str]
    is_public: NotRequired[bool]


class PersonEntry(TypedDict):
    orcid: str
    given_names: str
    family_name: str
    email: str
    email_visibility: str
    first_signed_in: NotRequired[int]
    proved: NotRequired[bool]
    credit_name: NotRequired[str]
    name_visibility: NotRequired[str]
    status: NotRequired[str]
    employments: NotRequired[list[dict[str, str]]]
    profile: NotRequired[ProfileEntry]


class RolesFromEntry(TypedDict):
    ago: int
    roles: list[str]


class RemovedEntry(TypedDict):
    ago: int
    by: str


class ContactEntry(TypedDict):
    person: str
    roles: list[str]
    since: int
    by: NotRequired[str]
    job_title: NotRequired[str]
    desk: NotRequired[str]
    becomes: NotRequired[RolesFromEntry]
    left: NotRequired[int]
    removed: NotRequired[RemovedEntry]


class InvitationEntry(TypedDict):
    email: str
    roles: list[str]
    sent: int
    by: NotRequired[str]
    withdrawn: NotRequired[int]


class EditEntry(TypedDict):
    ago: int
    by: str
    fields: dict[str, str]


class EndEntry(TypedDict):
    ago: int
    reason: str


class AgreementEntry(TypedDict):
    ago: int
    by: str
    name: str
    position: str
    email: str
    signed: int


class LogoEntry(TypedDict):
    text: str
    colour: str
    shape: str


class MemberEntry(TypedDict):
    key: str
    display_name: str
    legal_name: str
    country: str
    community: str
    trademark: str
    joined: int | None
    contacts: list[ContactEntry]
    city: NotRequired[str]
    street: NotRequired[str]
    region: NotRequired[str]
    postal_code: NotRequired[str]
    website: NotRequired[str]
    public_email: NotRequired[str]
    description: NotRequired[str]
    lead: NotRequired[bool]
    direct: NotRequired[bool]
    logo: NotRequired[LogoEntry]
    identifiers: NotRequired[list[tuple[str, str]]]
    domains: NotRequired[list[str]]
    ended: NotRequired[EndEntry]
    agreement: NotRequired[AgreementEntry]
    edits: NotRequired[list[EditEntry]]
    invitations: NotRequired[list[InvitationEntry]]


class ConfirmedEntry(TypedDict):
    member: str
    by: str
    ago: int


class RoundEntry(TypedDict):
    started: int
    by: str
    confirmed: list[ConfirmedEntry]
    reminded: NotRequired[int]
    closed: NotRequired[int]


class RequestStepEntry(TypedDict):
    ago: int
    state: str
    text: str


class RequestEntry(TypedDict):
    ago: int
    kind: str
    name: str
    email: str
    text: str
    steps: list[RequestStepEntry]
    member: NotRequired[str]
    organisation: NotRequired[str]
    person: NotRequired[str]


class RecoveryEntry(TypedDict):
    ago: int
    member: str
    to: str
    request: str
    reason: str


class AnnouncementEntry(TypedDict):
    written: int
    kind: str
    subject: str
    body: str
    audience: dict[str, Any]
    sent: NotRequired[int]
    refused: NotRequired[str]


class DeclinedEntry(TypedDict):
    ago: int
    person: str
    wants: dict[str, bool]


class LeadAccessEntry(TypedDict):
    ago: int
    member: str
    by: str


class LeadChangeEntry(TypedDict):
    ago: int
    member: str
    person: str
    roles: list[str]


class ImportEntry(TypedDict):
    ago: int
    file_name: str
    rows: list[list[str]]


class ReportEntry(TypedDict):
    ago: int


class FlaggedEntry(TypedDict):
    ago: int
    person: str
    member: str
    state: str


class RenamedEntry(TypedDict):
    ago: int
    member: str
    slug: str


class TokenEntry(TypedDict):
    ago: int
    name: str
    days: int


class Lead(TypedDict):
    """What the lead's desk has done; `manager` did it where nobody else is named."""

    manager: str
    lead_may_recover: int
    rounds: list[RoundEntry]
    requests: list[RequestEntry]
    recovery: RecoveryEntry
    announcements: list[AnnouncementEntry]
    declined: list[DeclinedEntry]
    lead_access: LeadAccessEntry
    lead_changes: list[LeadChangeEntry]
    imports: list[ImportEntry]
    reports: list[ReportEntry]
    flagged: list[FlaggedEntry]
    renamed: list[RenamedEntry]
    tokens: list[TokenEntry]
    visited: dict[str, int]


class KeeperEntry(TypedDict):
    person: str
    invited: int
    accepted: int


class ResearcherEntry(TypedDict):
    person: str
    asked: int
    purposes: list[str]
    answered: NotRequired[int]
    connected: NotRequired[int]


class MemberWorkEntry(TypedDict):
    """`authors`: keys of people, or names of others."""

    added: int
    by: str
    title: str
    type: str
    ids: list[list[str]]
    authors: list[str]
    date: NotRequired[str]
    journal: NotRequired[str]
    description: NotRequired[str]
    sent_in: NotRequired[int]
    validated: NotRequired[int]
    public: NotRequired[int]


class Publications(TypedDict):
    """What one member's publications desk keeps; `by`: the contact who named it, and asks people."""

    member: str
    by: str
    validate_first: int
    words: str
    keepers: list[KeeperEntry]
    researchers: list[ResearcherEntry]
    works: list[MemberWorkEntry]


class Demo(TypedDict):
    consortium: dict[str, str]
    operator: dict[str, str]
    members: list[MemberEntry]


@cache
def people() -> dict[str, PersonEntry]:
    content: dict[str, PersonEntry] = _read("people.json")
    return content


@cache
def demo() -> Demo:
    content: Demo = _read("members.json")
    return content


@cache
def lead() -> Lead:
    content: Lead = _read("lead.json")
    return content


@cache
def publications() -> Publications:
    content: Publications = _read("publications.json")
    return content


def public_name(person: PersonEntry) -> str:
    """The name ORCID shows to everybody; empty when the person hides it."""
    if person.get("name_visibility", "public") != "public":
        return ""
    return person.get("credit_name") or f"{person['given_names']} {person['family_name']}"


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text())
