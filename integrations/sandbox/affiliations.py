"""An affiliation as ORCID stores it: who was what, where, from when to when."""

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.models import Activity
from integrations.sandbox.works import (
    Content,
    external_id,
    fuzzy_date,
    grouping_identifiers,
    listed,
    plain,
    wrapped,
)

Json = dict[str, Any]

# In ORCID's order of sections; each with the word for its list.
PLURALS = {
    Activity.Kind.DISTINCTION: "distinctions",
    Activity.Kind.EDUCATION: "educations",
    Activity.Kind.EMPLOYMENT: "employments",
    Activity.Kind.INVITED_POSITION: "invited-positions",
    Activity.Kind.MEMBERSHIP: "memberships",
    Activity.Kind.QUALIFICATION: "qualifications",
    Activity.Kind.SERVICE: "services",
}


def content(entry: Mapping[str, Any]) -> Content:
    """An affiliation given as ORCID answers or takes it: the list shows the whole of it."""
    ids = [external_id(item) for item in listed(entry, "external-ids", "external-id")]
    return Content(
        summary={
            "department-name": entry.get("department-name") or None,
            "role-title": entry.get("role-title") or None,
            "start-date": fuzzy_date(entry.get("start-date")),
            "end-date": fuzzy_date(entry.get("end-date")),
            "organization": organization(entry.get("organization") or {}),
            "url": wrapped(entry.get("url")),
            "external-ids": {"external-id": ids} if ids else None,
        },
        details={},
        identifiers=grouping_identifiers(ids),
    )


def organization(entry: Mapping[str, Any]) -> Json:
    address = entry.get("address")
    known = entry.get("disambiguated-organization")
    return {
        "name": plain(entry.get("name")),
        "address": address
        and {key: address.get(key) or None for key in ("city", "region", "country")},
        "disambiguated-organization": known
        and {
            key: known.get(key)
            for key in ("disambiguated-organization-identifier", "disambiguation-source")
        },
    }


def organization_name(summary: Mapping[str, Any]) -> str:
    return str(summary["organization"]["name"])


def ror_of(summary: Mapping[str, Any]) -> str:
    known = summary["organization"]["disambiguated-organization"] or {}
    is_ror = known.get("disambiguation-source") == "ROR"
    return str(known["disambiguated-organization-identifier"]) if is_ror else ""
