"""Contacts as files, CSV or XLSX, streamed. One query reads them on every database."""

from collections.abc import Iterator
from typing import Any, Literal

from django.db.models import Exists, OuterRef, QuerySet
from django.http import StreamingHttpResponse

from contacts.facts import with_facts
from contacts.models import AgreementRecord, Contact
from members import xlsx_stream
from members.cells import csv_pieces
from members.http import attachment
from members.models import Membership
from members.streams import stream
from portal.pages.layouts import Layout, Row

Format = Literal["csv", "xlsx"]


def contacts_file(
    name: str,
    contacts: QuerySet[Contact, Any],
    records: QuerySet[AgreementRecord, Any],
    *,
    layout: Layout,
    as_format: Format = "csv",
) -> StreamingHttpResponse:
    """The file, streamed: memory stays flat however long the list is."""
    made = rows(contacts, records, layout)
    if as_format == "xlsx":
        pieces = xlsx_stream.xlsx_pieces("Contacts", layout.header, made)
        response = StreamingHttpResponse(pieces, content_type=xlsx_stream.CONTENT_TYPE)
    else:
        lines = csv_pieces(layout.header, made)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return attachment(response, f"contacts-{name}", as_format)


def rows(
    contacts: QuerySet[Contact, Any], records: QuerySet[AgreementRecord, Any], layout: Layout
) -> Iterator[Row]:
    """By member, its contacts by name, after them whoever signed without an iD.

    Two queries: the records, one for each member at most, and the contacts, read as a stream.
    """
    signed = _records(records, layout)
    make = layout.contact_maker()
    member: int | None = None
    for row in stream(read_contacts(contacts, layout)):
        if row[0] != member:
            if member in signed:
                yield signed.pop(member)
            member = row[0]
        yield make(row)
    # The last member's, and those of members without contacts.
    rest = sorted(signed, key=lambda key: key != member)
    yield from (signed[key] for key in rest)


def read_contacts(contacts: QuerySet[Contact, Any], layout: Layout) -> QuerySet[Any, Any]:
    """The one query; its first column is the member's key."""
    found = with_facts(contacts).annotate(is_active=_is_active(), is_current=_is_current())
    ordered = found.order_by("member__sort_key", "member", "sort_key", "pk")
    return ordered.values_list("member_id", *layout.contact)


def _is_active() -> Exists:
    return Exists(Membership.objects.active().filter(member=OuterRef("member")))


def _is_current() -> Exists:
    return Exists(Membership.objects.current().filter(member=OuterRef("member")))


def _records(records: QuerySet[AgreementRecord, Any], layout: Layout) -> dict[int | None, Row]:
    ordered = records.order_by("member__sort_key", "member").annotate(
        is_active=_is_active(), is_current=_is_current()
    )
    make = layout.record_maker()
    return {row[0]: make(row) for row in ordered.values_list("member_id", *layout.record)}
