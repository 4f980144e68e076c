"""What the registry asks of an affiliation."""

from collections.abc import Mapping
from typing import Any

from integrations.sandbox import refusals
from integrations.sandbox.api.checks import (
    check_country,
    check_date,
    check_external_ids,
    check_order,
)
from integrations.sandbox.models import Organization
from integrations.sandbox.works import listed, plain

Json = Mapping[str, Any]


def check_post(entry: Json) -> None:
    """An employment or education: of an organisation that the registry knows, in its place."""
    check_affiliation(entry, is_post=True)


def check_other(entry: Json) -> None:
    """Any other affiliation: the organisation is known, or an identifier says what is meant."""
    check_affiliation(entry, is_post=False)


def check_affiliation(entry: Json, *, is_post: bool) -> None:
    organization = entry.get("organization")
    if not organization or not plain(organization.get("name")).strip():
        raise refusals.no_organization()
    check_address(organization.get("address") or {}, is_required=is_post)
    known = organization.get("disambiguated-organization")
    if known:
        check_known(known)
    elif is_post:
        raise refusals.unknown_organization("it is missing.")
    elif not listed(entry, "external-ids", "external-id"):
        raise refusals.nothing_identifies()
    start, end = entry.get("start-date"), entry.get("end-date")
    check_date(start)
    check_date(end)
    check_order(start, end)
    check_external_ids(entry, needs_self=False)


def check_address(address: Json, *, is_required: bool) -> None:
    city, region, country = (plain(address.get(key)) for key in ("city", "region", "country"))
    if is_required and not (city and country):
        raise refusals.no_place()
    if (city or region) and not country:
        raise refusals.no_country()
    check_country(country)


def check_known(entry: Json) -> None:
    """Letter for letter: `ror.org/…` without https is another identifier."""
    source = entry.get("disambiguation-source")
    identifier = entry.get("disambiguated-organization-identifier")
    if not Organization.objects.filter(source=source, identifier=identifier).exists():
        raise refusals.unknown_organization(f"{source} {identifier} is not known to the registry.")
