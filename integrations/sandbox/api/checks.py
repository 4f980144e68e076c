"""What the registry asks of every item: identifiers, dates, words from its lists (9023, 9049, …)."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django_countries.data import COUNTRIES

from integrations.sandbox import refusals
from integrations.sandbox.works import RELATIONSHIPS, listed, plain

Json = Mapping[str, Any]

EXTERNAL_ID_TYPES = frozenset({
    "agr", "ark", "arxiv", "asin", "asin-tld", "authenticusid", "bibcode", "cba", "cgn",
    "cienciaiul", "cit", "cstr", "ctx", "dnb", "doi", "eid", "emdb", "empiar", "ethos",
    "grant_number", "handle", "hir", "isbn", "ismn", "issn", "jfm", "jstor", "k10plus", "kuid",
    "lccn", "lensid", "mr", "oclc", "ol", "osti", "other-id", "pat", "pdb", "pmc", "pmid", "ppr",
    "proposal-id", "raid", "rfc", "rrid", "source-work-id", "ssrn", "uri", "urn", "wosuid", "zbl",
})  # fmt: skip
# What can have paid for a work.
FUNDING_ID_TYPES = frozenset({"grant_number", "proposal-id", "uri", "doi"})
# As the registry has them: ISO 3166, and Kosovo.
COUNTRY_CODES = frozenset({*COUNTRIES, "XK"})


def check_external_ids(entry: Json, *, needs_self: bool) -> None:
    ids = listed(entry, "external-ids", "external-id")
    for item in ids:
        check_external_id(item or {})
    if needs_self and not any(item["external-id-relationship"] == "self" for item in ids):
        raise refusals.bad_external_ids(
            "at least one identifier with relationship self is required."
        )


def check_external_id(item: Json) -> None:
    kind, relationship = item.get("external-id-type"), item.get("external-id-relationship")
    if kind not in EXTERNAL_ID_TYPES:
        raise refusals.bad_external_ids(f"type {kind!r}.")
    if not str(item.get("external-id-value") or "").strip():
        raise refusals.bad_external_ids("value is missing.")
    if not relationship:
        raise refusals.bad_external_ids("relationship is missing.")
    if relationship not in RELATIONSHIPS:
        raise refusals.bad_enum("external-id-relationship", relationship)
    if relationship == "funded-by" and kind not in FUNDING_ID_TYPES:
        raise refusals.bad_external_ids(f"{kind} cannot have relationship funded-by.")


def check_date(entry: Json | None) -> None:
    """A year, with a month, with a day, of the right length each; or none."""
    if entry is None:
        return
    parts = [plain(entry.get(part)) for part in ("year", "month", "day")]
    text = "-".join(part for part in parts if part)
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) or "" in parts[: text.count("-") + 1]:
        raise refusals.bad_date("-".join(part or "null" for part in parts))
    try:
        dt.date(*(int(part or "1") for part in parts))
    except ValueError:
        raise refusals.bad_date(text) from None


def check_order(start: Json | None, end: Json | None) -> None:
    """The end not before the start, as far as both are known."""
    if start and end:
        pairs = [(plain(start.get(p)), plain(end.get(p))) for p in ("year", "month", "day")]
        known = [(first, last) for first, last in pairs if first and last]
        if [last for _, last in known] < [first for first, _ in known]:
            raise refusals.ends_before_start()


def check_country(entry: Json | str | None) -> None:
    country = plain(entry)
    if country and country not in COUNTRY_CODES:
        raise refusals.bad_kind_of_value("country", country)


def check_new(entry: Json) -> None:
    """Put-codes are given by the server."""
    if entry.get("put-code") is not None:
        raise refusals.put_code_sent()


def check_same_visibility(entry: Json, visibility: str) -> None:
    wanted = entry.get("visibility")
    if wanted is not None and wanted != visibility:
        raise refusals.visibility_differs()


def check_same_put_code(entry: Json, put_code: int) -> None:
    sent = entry.get("put-code")
    if str(sent) != str(put_code):
        raise refusals.put_codes_differ(put_code, sent)
