"""The three switches as pages show them: what each means, and what is missing for it to work."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models import User
from integrations.orcid import connections
from integrations.orcid.models import Connection
from integrations.works.models import Grant
from members.models import Member

Purpose = Grant.Purpose
MEANING: dict[str, Promise] = {
    Purpose.PUSH: _(
        "Works of yours that the institution has made public are added to your ORCID record, and "
        "kept up to date there. Nothing else on your record is touched."
    ),
    Purpose.LIST: _(
        "The institution sees the works that are public on your ORCID record. Its staff may add them "
        "to the institution’s own, as drafts to be looked at; none is added by itself. What is not "
        "public stays unseen."
    ),
    Purpose.DRAFT: _(
        "When a new public work appears on your ORCID record, the institution gets a draft of it, "
        "to look at and complete."
    ),
}


@dataclass(frozen=True)
class Switch:
    purpose: str
    label: str
    meaning: str | Promise
    grant: Grant | None = None


@dataclass(frozen=True)
class Place:
    """One member, and the switches of one person there."""

    member: Member
    switches: list[Switch]

    @property
    def given(self) -> list[Switch]:
        return [switch for switch in self.switches if switch.grant]


def switches(
    grants: Iterable[Grant] = (), purposes: Iterable[str] = Purpose.values
) -> list[Switch]:
    """Those of the purposes, in their order; on where one of the grants says so."""
    held = {grant.purpose: grant for grant in grants}
    asked = set(purposes)
    return [
        Switch(str(one), str(Grant.OWN_WORDS[one]), MEANING[one], held.get(one))
        for one in Purpose
        if one in asked
    ]


def places(grants: Iterable[Grant]) -> list[Place]:
    """By member, in the order of their names; `grants` with their members."""
    members: dict[int, Member] = {}
    held: dict[int, list[Grant]] = {}
    for grant in grants:
        members[grant.member_id] = grant.member
        held.setdefault(grant.member_id, []).append(grant)
    ordered = sorted(members.values(), key=lambda member: (member.sort_key, member.pk))
    return [Place(member, switches(held[member.pk])) for member in ordered]


def places_of(person: User) -> list[Place]:
    """The members that may use a person's connection now; one query."""
    return places(Grant.objects.in_force().of(person).select_related("member"))


def lacking(connection: Connection | None, purposes: Iterable[str]) -> str:
    """What still keeps these permissions from being used: `connect`, `reconnect`, `closed`, `write`;
    empty when nothing does, or nothing was given."""
    wanted = set(purposes)
    if not wanted:
        return ""
    if connection is None or not connection.can_be_ended:
        return "connect"
    if not connection.is_active:
        return "closed" if connection.state == Connection.State.CLOSED else "reconnect"
    needs_write = Purpose.PUSH in wanted and not connections.may_write(connection)
    return "write" if needs_write else ""
