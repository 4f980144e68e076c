"""What ORCID's JSON may hold: every key of a section with its form, in ORCID's order.

A key that is not here is refused, as the registry does (9047).
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from integrations.sandbox import refusals


class Leaf(Enum):
    """A plain value, one in `{"value": …}`, or what the server sets: that is read over."""

    TEXT = "text"
    VALUE = "value"
    IGNORED = "ignored"


Shape = Leaf | list["Shape"] | dict[str, "Shape"]

DATE: Shape = {"year": Leaf.VALUE, "month": Leaf.VALUE, "day": Leaf.VALUE}
EXTERNAL_ID: Shape = {
    "external-id-type": Leaf.TEXT,
    "external-id-value": Leaf.TEXT,
    "external-id-normalized": Leaf.IGNORED,
    "external-id-normalized-error": Leaf.IGNORED,
    "external-id-url": Leaf.VALUE,
    "external-id-relationship": Leaf.TEXT,
}
EXTERNAL_IDS: Shape = {"external-id": [EXTERNAL_ID]}
CONTRIBUTOR: Shape = {
    "contributor-orcid": {"uri": Leaf.TEXT, "path": Leaf.TEXT, "host": Leaf.TEXT},
    "credit-name": Leaf.VALUE,
    # Either way: it is dropped.
    "contributor-email": Leaf.IGNORED,
    "contributor-attributes": {
        "contributor-sequence": Leaf.TEXT,
        "contributor-role": Leaf.TEXT,
    },
}
HEAD: dict[str, Shape] = {
    "created-date": Leaf.IGNORED,
    "last-modified-date": Leaf.IGNORED,
    "source": Leaf.IGNORED,
    "put-code": Leaf.TEXT,
    "path": Leaf.IGNORED,
}
TAIL: dict[str, Shape] = {"display-index": Leaf.IGNORED, "visibility": Leaf.TEXT}

WORK: Shape = {
    **HEAD,
    "title": {
        "title": Leaf.VALUE,
        "subtitle": Leaf.VALUE,
        "translated-title": {"value": Leaf.TEXT, "language-code": Leaf.TEXT},
    },
    "journal-title": Leaf.VALUE,
    "short-description": Leaf.TEXT,
    "citation": {"citation-type": Leaf.TEXT, "citation-value": Leaf.TEXT},
    "type": Leaf.TEXT,
    "publication-date": DATE,
    "external-ids": EXTERNAL_IDS,
    "url": Leaf.VALUE,
    "contributors": {"contributor": [CONTRIBUTOR]},
    "language-code": Leaf.TEXT,
    "country": Leaf.VALUE,
    **TAIL,
}
AFFILIATION: Shape = {
    **HEAD,
    "department-name": Leaf.TEXT,
    "role-title": Leaf.TEXT,
    "start-date": DATE,
    "end-date": DATE,
    "organization": {
        "name": Leaf.TEXT,
        "address": {"city": Leaf.TEXT, "region": Leaf.TEXT, "country": Leaf.TEXT},
        "disambiguated-organization": {
            "disambiguated-organization-identifier": Leaf.TEXT,
            "disambiguation-source": Leaf.TEXT,
        },
    },
    "url": Leaf.VALUE,
    "external-ids": EXTERNAL_IDS,
    **TAIL,
}
NOTIFICATION: Shape = {
    "put-code": Leaf.TEXT,
    "created-date": Leaf.IGNORED,
    "sent-date": Leaf.IGNORED,
    "read-date": Leaf.IGNORED,
    "actioned-date": Leaf.IGNORED,
    "archived-date": Leaf.IGNORED,
    "notification-type": Leaf.TEXT,
    "authorization-url": {"uri": Leaf.TEXT, "path": Leaf.TEXT, "host": Leaf.TEXT},
    "notification-subject": Leaf.TEXT,
    "notification-intro": Leaf.TEXT,
    "items": {
        "item": [{"item-type": Leaf.TEXT, "item-name": Leaf.TEXT, "external-id": EXTERNAL_ID}]
    },
    "source": Leaf.IGNORED,
}
BULK: Shape = {"bulk": [{"work": WORK}]}


def check(entry: Any, shape: Shape, where: str = "") -> None:
    """Nothing when the entry has this shape (null is always right); ApiError 9047 says where not."""
    if entry is None or shape is Leaf.IGNORED:
        return
    if isinstance(shape, list):
        # A single one counts as a list of one.
        for item in entry if isinstance(entry, list) else [entry]:
            check(item, shape[0], where)
    elif shape is Leaf.TEXT:
        if isinstance(entry, dict | list):
            raise refusals.bad_json(f"{where} must be a plain value.")
    elif not isinstance(entry, Mapping):
        raise refusals.bad_json(f"{where or 'The body'} must be an object.")
    elif shape is Leaf.VALUE:
        check(entry.get("value"), Leaf.TEXT, where)
    elif isinstance(shape, dict):
        for key, value in entry.items():
            if key not in shape:
                raise refusals.bad_json(f'Unrecognized field "{key}" in {where or "the body"}.')
            check(value, shape[key], f"{where}.{key}" if where else key)
