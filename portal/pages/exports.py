"""Contacts as CSV: the layout that leads know from ORCID Self Service (formats.md section 2)."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.http import StreamingHttpResponse
from django.utils import timezone

from contacts.models import AgreementRecord, Contact, Role, RoleAssignment, User
from integrations.orcid.ids import orcid_uri
from members.cells import csv_lines

# The words of the file are for other programs: they are not translated.
HEADER = ["Member", "Name", "Email", "ORCID iD", "Voting contact", "Role", "iD authenticated"]
AT_ONCE = 2000
_READ = ["member_id", "member__display_name", "given_names", "family_name", "email", "orcid"]
_READ += ["role_bits", "is_voted_for", "is_proved"]
_BITS = {role: 1 << place for place, role in enumerate(Role)}
# Every set of roles a contact can hold, in ORCID's order: the database sends one number for each.
_ROLES = [
    "; ".join(role.label for role in Role if bits & _BITS[role]) for bits in range(1 << len(Role))
]
_VOTING, _MAIN = _BITS[Role.VOTING], _BITS[Role.MAIN]
_NO_ID = ["", "No", Role.SIGNATORY.label, ""]
Record = tuple[str, str, str]


def contacts_csv(
    name: str, contacts: QuerySet[Contact, Any], records: QuerySet[AgreementRecord, Any]
) -> StreamingHttpResponse:
    """The file, streamed: memory stays flat however long the list is."""
    lines = csv_lines(HEADER, rows(contacts, records))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    filename = f"contacts-{name}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def rows(
    contacts: QuerySet[Contact, Any], records: QuerySet[AgreementRecord, Any]
) -> Iterator[list[str]]:
    """By member, its contacts by name, after them whoever signed without an iD.

    Two queries: the records, one for each member at most, and the contacts, read in chunks.
    """
    signed = _records(records)
    member: int | None = None
    for key, contact in _contacts(contacts):
        if key != member and member in signed:
            yield _record_row(signed.pop(member))
        member = key
        yield contact
    # The last member's, and those of members without contacts.
    rest = sorted(signed, key=lambda key: key != member)
    yield from (_record_row(signed[key]) for key in rest)


def _contacts(contacts: QuerySet[Contact, Any]) -> Iterable[tuple[int, list[str]]]:
    uri = orcid_uri("")
    ordered = _annotated(contacts).order_by("member__sort_key", "member", "sort_key", "pk")
    for row in ordered.values_list(*_READ).iterator(AT_ONCE):
        key, member, given, family, email, orcid, bits, is_voted_for, is_proved = row
        # R4, as `contacts.voting` has it, here out of the one query.
        votes = bits & _VOTING or (bits & _MAIN and not is_voted_for)
        name = f"{given} {family}".strip()
        said = "Yes" if votes else "No", _ROLES[bits], "yes" if is_proved else "no"
        yield key, [member, name, email, uri + orcid, *said]


def _annotated(contacts: QuerySet[Contact, Any]) -> QuerySet[Contact, Any]:
    voting = RoleAssignment.objects.filter(role=Role.VOTING, member=OuterRef("member"))
    return with_role_bits(contacts).annotate(
        is_voted_for=Exists(voting),
        is_proved=Exists(User.objects.filter(orcid=OuterRef("orcid"))),
    )


def with_role_bits(contacts: QuerySet[Contact, Any]) -> QuerySet[Contact, Any]:
    """Annotate `role_bits`: the roles as one number. A string of them, in ORCID's order, would
    take an aggregate that SQLite and PostgreSQL do not share."""
    bit = Case(
        *(When(role=role, then=Value(value)) for role, value in _BITS.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    held = RoleAssignment.objects.filter(contact=OuterRef("pk")).order_by()
    total = held.values("contact").annotate(bits=Sum(bit)).values("bits")
    return contacts.annotate(role_bits=Subquery(total, output_field=IntegerField()))


def _records(records: QuerySet[AgreementRecord, Any]) -> dict[int | None, Record]:
    ordered = records.order_by("member__sort_key", "member")
    read = ordered.values_list("member_id", "member__display_name", "name", "email")
    return {key: (member, name, email) for key, member, name, email in read}


def _record_row(record: Record) -> list[str]:
    return [*record, *_NO_ID]
