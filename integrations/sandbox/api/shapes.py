"""Pieces that ORCID's JSON is made of."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from integrations.sandbox import links
from integrations.sandbox.models import Client, Person

Json = dict[str, Any]


def wrapped(text: str) -> Json | None:
    return {"value": text} if text else None


def moment(at: dt.datetime) -> dict[str, int]:
    return {"value": int(at.timestamp() * 1000)}


def newest(items: Iterable[Json]) -> Any:
    """The latest change among items; null for none, as ORCID has it."""
    dates = [item["last-modified-date"] for item in items if item["last-modified-date"]]
    return max(dates, key=lambda date: int(date["value"])) if dates else None


def own_source(who: Person) -> Json:
    """The person typed it."""
    return source(orcid=links.orcid_identifier(who.orcid), name=who.public_name or "")


def client_source(client: Client) -> Json:
    path = client.client_id
    uri = f"{links.base_url()}/client/{path}"
    return source(client={"uri": uri, "path": path, "host": links.host()}, name=client.name)


def source(*, orcid: Json | None = None, client: Json | None = None, name: str) -> Json:
    return {
        "source-orcid": orcid,
        "source-client-id": client,
        "source-name": wrapped(name),
        "assertion-origin-orcid": None,
        "assertion-origin-client-id": None,
        "assertion-origin-name": None,
    }
