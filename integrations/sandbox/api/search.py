"""`/search` and `/expanded-search`, over an index built from the public record only."""

import datetime as dt
import re

from django.db.models import Prefetch

from integrations.sandbox import errors, links
from integrations.sandbox.affiliations import PLURALS, organization_name, ror_of
from integrations.sandbox.api.call import Api, ApiCall, Json, api_view
from integrations.sandbox.api.query import Document, QuerySyntaxError, indexed_date, parse
from integrations.sandbox.models import Activity, Person, Visibility

MAX_ROWS = 1_000
MAX_ANONYMOUS_START = 10_000
PUBLIC_AFFILIATIONS = Prefetch(
    "activities",
    Activity.objects.filter(kind__in=PLURALS, visibility=Visibility.PUBLIC),
    to_attr="public_affiliations",
)


@api_view
def search(call: ApiCall) -> Json:
    page, found = matches(call)
    rows = [
        {"orcid-identifier": links.orcid_identifier(orcid)}
        for document in page
        for orcid in document["orcid"]
    ]
    # Null, not [], when nothing is found.
    return {"result": rows or None, "num-found": found}


@api_view
def expanded_search(call: ApiCall) -> Json:
    page, found = matches(call)
    return {"expanded-result": [expanded(item) for item in page] or None, "num-found": found}


def expanded(document: Document) -> Json:
    return {
        "orcid-id": document["orcid"][0],
        "given-names": first(document["given-names"]),
        "family-names": first(document["family-name"]),
        "credit-name": first(document["credit-name"]),
        "other-name": document["other-names"],
        "email": document["email"],
        "institution-name": document["affiliation-org-name"],
    }


def matches(call: ApiCall) -> tuple[list[Document], int]:
    """The page of documents asked for, best first, and how many there are in all."""
    call.require_read_public()
    rows, start = window(call)
    try:
        query = parse(call.request.GET.get("q", ""))
    except QuerySyntaxError as error:
        raise errors.bad_query(str(error)) from None
    people = Person.objects.with_record().prefetch_related(PUBLIC_AFFILIATIONS)
    if query.orcids is not None:
        people = people.filter(orcid__in=query.orcids)
    scored = [(query(document), document) for document in map(indexed, people)]
    hits = sorted((hit for hit in scored if hit[0]), key=lambda hit: (-hit[0], hit[1]["orcid"]))
    return [document for _, document in hits[start : start + rows]], len(hits)


def window(call: ApiCall) -> tuple[int, int]:
    rows = whole_number(call.request.GET.get("rows") or str(MAX_ROWS))
    start = whole_number(call.request.GET.get("start") or "0")
    if rows is None or rows > MAX_ROWS:
        raise errors.bad_rows()
    if start is None:
        raise errors.bad_start()
    if call.api == Api.PUBLIC and call.token is None and start > MAX_ANONYMOUS_START:
        raise errors.start_too_far()
    return rows, start


def whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def indexed(person: Person) -> Document:
    """What the index knows of a record: names, e-mails and organisations that are public.

    An address must also be verified. That is why a miss says nothing about an address.
    """
    named = person.name_visibility == Visibility.PUBLIC
    places = [item.summary for item in person.public_affiliations]
    names = [organization_name(place) for place in places]
    document = {
        "orcid": [person.orcid],
        "email": [
            email.email
            for email in person.emails.all()
            if email.verified and email.visibility == Visibility.PUBLIC
        ],
        "given-names": filled(person.given_names) if named else [],
        "family-name": filled(person.family_name) if named else [],
        "given-and-family-names": filled(person.full_name) if named else [],
        "credit-name": filled(person.credit_name) if named else [],
        "other-names": person.other_names,
        "affiliation-org-name": list(dict.fromkeys(names)),
        "current-institution-affiliation-name": [
            name for name, place in zip(names, places, strict=True) if not place["end-date"]
        ],
        "past-institution-affiliation-name": [
            name for name, place in zip(names, places, strict=True) if place["end-date"]
        ],
        "ror-org-id": [ror for ror in map(ror_of, places) if ror],
        "profile-submission-date": [indexed_date(person.created_at)],
        "profile-last-modified-date": [
            indexed_date(dt.datetime.fromtimestamp(person.modified_ms / 1000, tz=dt.UTC))
        ],
    }
    free_text = ("orcid", "given-and-family-names", "credit-name", "other-names")
    document["text"] = [
        value for field in (*free_text, "affiliation-org-name") for value in document[field]
    ]
    return document


def filled(text: str) -> list[str]:
    return [text] if text else []


def first(values: list[str]) -> str | None:
    return values[0] if values else None
