"""The same people as the local ORCID knows them: its people file."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from integrations.orcid.scopes import ACTIVITIES_UPDATE, READ_LIMITED
from portal.demo import data
from portal.demo.works import works_of

CLIENT_ID = "APP-NORTHLANDSDEMO01"
# What those who have connected in the demo allowed the portal.
SCOPES = (READ_LIMITED, ACTIVITIES_UPDATE)


def tokens_of(orcid: str, client_secret: str) -> dict[str, str]:
    """The tokens of somebody who has connected: the portal and the local ORCID, which load the demo
    apart, both make them of the secret they share."""
    return {
        name: str(uuid.UUID(bytes=_digest(client_secret, f"{name} {orcid}")[:16], version=4))
        for name in ("access_token", "refresh_token")
    }


def _digest(secret: str, text: str) -> bytes:
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256)


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
        "people": [
            _entry(key, person) | {"permissions": list(_permissions(key, client_secret))}
            for key, person in data.people().items()
        ],
    }


def _organizations() -> Iterator[dict[str, str]]:
    """The members, so that the local ORCID takes affiliations with them."""
    for member in data.demo()["members"]:
        for scheme, value in member.get("identifiers", []):
            if scheme == "ror":
                yield {"name": member["display_name"], "ROR": value}


def _permissions(key: str, client_secret: str) -> Iterator[dict[str, str]]:
    for researcher in data.publications()["researchers"]:
        if researcher["person"] == key and "connected" in researcher:
            tokens = tokens_of(data.people()[key]["orcid"], client_secret)
            yield {"client_id": CLIENT_ID, "scope": " ".join(SCOPES), **tokens}


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
