"""A room of the tests' own, whose items are pushed: works it makes up from their numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.sources import Payload, Refusal

Json = dict[str, Any]


def made_up(number: int, title: str = "", **more: Any) -> Json:
    """A work with a DOI of its own; `more` are ORCID's keys, with `_` for `-`."""
    doi = more.pop("doi", f"10.5555/push.{number}")
    json: Json = {
        "title": {"title": {"value": title or f"Work {number}"}},
        "type": "journal-article",
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "doi",
                    "external-id-value": doi,
                    "external-id-relationship": "self",
                }
            ]
        },
    }
    return json | {name.replace("_", "-"): value for name, value in more.items()}


def employment(department: str) -> Json:
    """A post, with an identifier that its room gave it."""
    return {
        "department-name": department,
        "organization": {
            "name": "ORCID University",
            "address": {"city": "London", "country": "GB"},
            "disambiguated-organization": {
                "disambiguated-organization-identifier": "https://ror.org/05qwgg493",
                "disambiguation-source": "ROR",
            },
        },
        "start-date": {"year": {"value": "1842"}},
        "external-ids": {
            "external-id": [
                {
                    "external-id-type": "source-work-id",
                    "external-id-value": "post-1",
                    "external-id-relationship": "self",
                }
            ]
        },
    }


class Shelf:
    """Every number is a work, unless something else is said of it."""

    def __init__(self) -> None:
        self.items: dict[int, Payload | Refusal | None] = {}
        self.kept_back: dict[int, str] = {}
        self.looks = 0

    def payloads(
        self, item_ids: Sequence[int], connection: Connection
    ) -> Mapping[int, Payload | Refusal]:
        found = {number: self.items.get(number, made_up(number)) for number in item_ids}
        return {number: item for number, item in found.items() if item is not None}

    def may_go(self, deliveries: Sequence[Delivery]) -> Mapping[int, str]:
        self.looks += 1
        return {
            row.pk: self.kept_back[row.item_id]
            for row in deliveries
            if row.item_id in self.kept_back
        }

    def normalized(self, kind: str, value: str) -> str:
        return value.lower().removeprefix("https://doi.org/") if kind == "doi" else value
