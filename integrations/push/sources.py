"""The rooms whose items are pushed: what the outbox asks of them, and nothing else.

The outbox knows payloads and put-codes, not what they mean. A room registers one source per section
of the record (`work`, `employment` …), when its app is ready.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _

from integrations.orcid.models import Connection

if TYPE_CHECKING:
    from integrations.push.models import Delivery

# ORCID's JSON of one item, without put-code, source and visibility, which are ORCID's to set. It has
# an identifier of relationship *self*, by which it is found again on the record: a room without one
# of its own gives its key, as type `source-work-id` for instance (ORCID detects no duplicates else).
Payload = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why an item cannot be sent as it is, in words for the people who can mend it."""

    words: str


class Source(Protocol):
    """What a room says of its items in one section. It reads, and neither locks nor calls ORCID."""

    def payloads(
        self, item_ids: Sequence[int], connection: Connection
    ) -> Mapping[int, Payload | Refusal]:
        """What is to stand on the record, made now. An item that is no longer here is left out."""

    def may_go(self, deliveries: "Sequence[Delivery]") -> Mapping[int, str]:
        """By key of the delivery, why one may not go now, in words; those that may are left out.

        All are to one connection. Asked at the moment of sending, under the record's lane: is the
        grant given still, the item public, the person's? Of deletions (`delivery.want`), too, but
        those that a person wants before they disconnect.
        """

    def normalized(self, kind: str, value: str) -> str:
        """The form by which two identifiers of that type are compared; the value where it has none."""


_registered: dict[str, Source] = {}


def register(section: str, source: Source) -> None:
    """Make it the source of that section."""
    _registered[section] = source


def of(section: str) -> Source:
    """The source of that section. `KeyError` where no room has registered one."""
    return _registered[section]


def payload_hash(payload: Payload) -> str:
    """The same for the same content, in whatever order its keys come."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def complete(made: Payload | Refusal | None) -> Payload | Refusal | None:
    """The same, but refused where nothing tells it from other items."""
    if isinstance(made, dict) and not self_ids(made):
        return Refusal(_("It has no identifier of its own, such as a DOI."))
    return made


def self_ids(payload: Payload) -> list[list[str]]:
    """Type and value of each identifier of relationship *self*."""
    listed = (payload.get("external-ids") or {}).get("external-id") or []
    return [
        [str(each.get("external-id-type")), str(each.get("external-id-value"))]
        for each in listed
        if each.get("external-id-relationship") == "self"
    ]
