"""The demo's people and members, as `people.json` and `members.json` hold them.

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
    "no organisation": "ester",
}
# Two addresses to try when adding a contact: public at ORCID, and private there.
FINDABLE, HIDDEN = "sofia", "nuala"
PASSWORD = "sandbox"  # noqa: S105  # of everybody at the local ORCID, whose sign-in page shows it


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


def public_name(person: PersonEntry) -> str:
    """The name ORCID shows to everybody; empty when the person hides it."""
    if person.get("name_visibility", "public") != "public":
        return ""
    return person.get("credit_name") or f"{person['given_names']} {person['family_name']}"


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text())
