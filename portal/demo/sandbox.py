"""The same people as the local ORCID knows them: its people file."""

from collections.abc import Iterable, Iterator
from typing import Any

from portal.demo import data
from portal.demo.works import works_of

CLIENT_ID = "APP-NORTHLANDSDEMO01"


def people_file(*, client_secret: str, redirect_uris: Iterable[str]) -> dict[str, Any]:
    """What `python -m integrations.sandbox serve --seed` reads, with the portal as its client."""
    client = {
        "client_id": CLIENT_ID,
        "client_secret": client_secret,
        "name": "Northlands Member Tools",
        "redirect_uris": list(redirect_uris),
        "member": True,
    }
    return {
        "clients": [client],
        "organizations": list(_organizations()),
        "people": [_entry(key, person) for key, person in data.people().items()],
    }


def _organizations() -> Iterator[dict[str, str]]:
    """The members, so that the local ORCID takes affiliations with them."""
    for member in data.demo()["members"]:
        for scheme, value in member.get("identifiers", []):
            if scheme == "ror":
                yield {"name": member["display_name"], "ROR": value}


def _entry(key: str, person: data.PersonEntry) -> dict[str, Any]:
    return {
        "orcid": person["orcid"],
        "password": data.PASSWORD,
        "given_names": person["given_names"],
        "family_name": person["family_name"],
        "credit_name": person.get("credit_name"),
        "name_visibility": person.get("name_visibility", "public"),
        "emails": [
            {
                "email": person["email"],
                "verified": True,
                "primary": True,
                "visibility": person["email_visibility"],
            }
        ],
        "employments": person.get("employments", []),
        "status": person.get("status", "active"),
        "works": works_of(key),
    }
