"""Events in words: who did it, and what changed from what to what."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.apps import apps
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from members.models import Event, Identifier, Member

register = template.Library()

LABELS: dict[str, str | Promise] = {
    "audience": gettext_lazy("Audience"),
    "body": gettext_lazy("Text"),
    "held_back": gettext_lazy("Not sent"),
    "receivers": gettext_lazy("Receivers"),
    "send_at": gettext_lazy("Scheduled for"),
    "state": gettext_lazy("State"),
    "subject": gettext_lazy("Subject"),
    "wants_events": gettext_lazy("Invitations to events"),
    "wants_newsletters": gettext_lazy("Newsletters"),
    "agreement_email": gettext_lazy("E-mail"),
    "consortium": gettext_lazy("Consortium"),
    "display_name": gettext_lazy("Public display name"),
    "domain": gettext_lazy("E-mail domain"),
    "domains": gettext_lazy("E-mail domains"),
    "email": gettext_lazy("E-mail"),
    "email_domains": gettext_lazy("E-mail domains"),
    "end": gettext_lazy("Last day"),
    "end_reason": gettext_lazy("Reason for the end"),
    "family_name": gettext_lazy("Family name"),
    "given_names": gettext_lazy("Given names"),
    "job_title": gettext_lazy("Job title"),
    "added": gettext_lazy("Added"),
    "community": gettext_lazy("Community"),
    "country": gettext_lazy("Country"),
    "file": gettext_lazy("File"),
    "invited": gettext_lazy("Invited"),
    "kind": gettext_lazy("Kind"),
    "lead_may_manage_contacts": gettext_lazy("The lead may manage contacts"),
    "layout": gettext_lazy("Layout"),
    "legal_name": gettext_lazy("Legal name"),
    "list": gettext_lazy("List"),
    "level": gettext_lazy("Seat on the lead desk"),
    "logo": gettext_lazy("Logo"),
    "mails": gettext_lazy("Mails"),
    "members": gettext_lazy("Members"),
    "name": gettext_lazy("Name"),
    "names": gettext_lazy("Names"),
    "note": gettext_lazy("Note"),
    "old_email": gettext_lazy("Old e-mail"),
    "orcid": gettext_lazy("ORCID iD"),
    "orcid_in_file": gettext_lazy("iD in the lead’s file"),
    "pending_email": gettext_lazy("New e-mail"),
    "again": gettext_lazy("Asked again"),
    "at_orcid": gettext_lazy("Not allowed at ORCID"),
    "ended_by": gettext_lazy("Ended"),
    "phone": gettext_lazy("Phone"),
    "purposes": gettext_lazy("Permission"),
    "position": gettext_lazy("Position"),
    "postal_code": gettext_lazy("Postal code"),
    "public_email": gettext_lazy("Public e-mail"),
    "roles": gettext_lazy("Roles"),
    "round_month": gettext_lazy("Month of the confirmation round"),
    "reminder": gettext_lazy("A reminder"),
    "rows": gettext_lazy("Rows"),
    "rows_left_out": gettext_lazy("Rows left out"),
    "scheme": gettext_lazy("Scheme"),
    "signed_on": gettext_lazy("Signed on"),
    "start": gettext_lazy("First day"),
    "there_already": gettext_lazy("There already"),
    "can_write": gettext_lazy("May write"),
    "expires_on": gettext_lazy("Valid until"),
    "token_name": gettext_lazy("Token"),
    "trademark_permission": gettext_lazy("Permission to show the logo"),
    "value": gettext_lazy("Identifier"),
    "website": gettext_lazy("Website"),
    "asked": gettext_lazy("Sent in to be looked at"),
    "not_me": gettext_lazy("Said: this is not me"),
    "number": gettext_lazy("Works"),
    "on_unpublish": gettext_lazy("When a work is no longer public"),
    "validate_first": gettext_lazy("Look at researchers’ works first"),
    "work_origin": gettext_lazy("Where from"),
    "work_state": gettext_lazy("State"),
    "work_title": gettext_lazy("Title"),
    "at_once": gettext_lazy("At once, identity checked"),
    "desk": gettext_lazy("Seat on the lead desk"),
    "record_state": gettext_lazy("ORCID record"),
    "request_kind": gettext_lazy("About"),
    "takes_effect_at": gettext_lazy("Takes effect"),
}
# Numbers that serve the machine: keys of rows and versions.
_HIDDEN = {"contact", "contacts", "contact_version", "invitation", "member_version", "membership"}
_HIDDEN |= {
    "former_contact",
    "announcement",
    "announcement_version",
    "by_link",
    "contact_import",
    "fields",
    "field_names",
    "kept",
    "dropped",
    "lead_change",
    "of_event",
    "report",
    "round",
    "through",
    "slug",
    "given",
    "seat",
    "sign_in",
    "consortium_id",
    "version",
    "agreement_version",
    "token",
    "events",
    "invitations",
    "actors",
    "help_request",
    "permission_request",
    "permission_requests",
    "person",
    "recovery",
    "withdrawn_invitations",
    "keeper",
    "keepers",
    "policy_version",
    "work",
    "work_version",
    "works",
    "revoked_tokens",
}

_MOMENTS = {"send_at", "takes_effect_at"}
# Whose choices say in words what an event holds, by its key.
_ROLES = [("contacts.RoleAssignment", "role")]
_ELSEWHERE = {
    "role": _ROLES,
    "roles": _ROLES,
    "purposes": [("works.Grant", "purpose")],
    "ended_by": [("works.Grant", "ended_by")],
    "on_unpublish": [("works.WorksPolicy", "on_unpublish")],
    "work_origin": [("works.MemberWork", "origin")],
    "work_state": [("works.MemberWork", "state")],
    "desk": [("contacts.DeskSeat", "level")],
    "kind": [("contacts.Announcement", "kind")],
    "record_state": [("contacts.Contact", "record_state")],
    "request_kind": [("contacts.HelpRequest", "kind")],
    "state": [("contacts.HelpRequest", "state"), ("contacts.Announcement", "state")],
}


@dataclass(frozen=True)
class Row:
    """One line: `new` alone is a fact, with `is_change` it took the place of `old`."""

    label: str
    new: str
    old: str = ""
    is_change: bool = False


@register.filter
def event_by(event: Event) -> str:
    """Who, and in which capacity, as a sentence fragment."""
    name = event.actor.display_name if event.actor else ""
    match event.capacity:
        case Event.Capacity.CONTACT:
            return name or _("A contact")
        case Event.Capacity.LEAD:
            return _("%(name)s, for the consortium’s lead") % {"name": name or _("Somebody")}
        case Event.Capacity.OPERATOR:
            return _("%(name)s, operator of this portal") % {"name": name or _("Somebody")}
        case Event.Capacity.TOKEN:
            return _("A system, with the token of %(name)s") % {"name": name or _("Somebody")}
        case Event.Capacity.IMPORT:
            return (
                _("Import of a file (%(name)s)") % {"name": name} if name else _("Import of a file")
            )
        case _:
            return _("The portal itself")


@register.filter
def event_changes(event: Event) -> list[Row]:
    """What changed, people first; nothing of people once they were erased (H4)."""
    personal = event.personal or {}
    fields = event.changes.get("fields") or {}
    rows = list(_rows(personal))
    rows += _rows({key: value for key, value in fields.items() if value is not None}, pairs=True)
    rows += _names_alone([*fields, *(event.changes.get("field_names") or [])], fields, personal)
    rows += _rows({key: value for key, value in event.changes.items() if key not in _HIDDEN})
    # The subject of an announcement, say, is among its fields and beside them: once is enough.
    return list(dict.fromkeys(rows))


def _names_alone(names: list[str], fields: Any, personal: Any) -> Iterator[Row]:
    """Fields whose values are personal and were erased: that they changed is still said."""
    erased = [name for name in names if fields.get(name) is None and name not in personal]
    if erased:
        yield Row(_("Changed"), ", ".join(label_of(name) for name in erased))


def _rows(values: Any, *, pairs: bool = False) -> Iterator[Row]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _rows(value, pairs=pairs)
        elif _is_pair(key, value, pairs=pairs):
            old, new = (_shown(key, part) for part in value)
            if old != new:
                # Something that was not there before is a fact, not a change.
                yield Row(label_of(key), new, old, is_change=pairs or bool(old))
        elif shown := _shown(key, value):
            yield Row(label_of(key), shown)


def _is_pair(key: str, value: Any, *, pairs: bool) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    if key in {"roles", "domains", "email_domains", "purposes"}:
        return all(isinstance(part, list) for part in value)
    return pairs or all(part is None or isinstance(part, str | int | bool) for part in value)


def label_of(key: str) -> str:
    """The name of something that an event has a value of."""
    if key in LABELS:
        return str(LABELS[key])
    # A field's own name, which the catalogue has as the admin shows it.
    return capfirst(_(key.replace("_", " ")))


def _shown(key: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, (_shown(key, part) for part in value)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _in_words(key, value)


def _in_words(key: str, value: Any) -> str:
    if key == "logo":
        # Files have random names: a few characters tell one picture from the next.
        return _("picture %(name)s") % {"name": str(value).rpartition("/")[2][:6]}
    if key == "country":
        return str(countries.name(str(value)) or value)
    if isinstance(value, str) and (day := _day(value)):
        return date_format(day, "DATE_FORMAT")
    if isinstance(value, str) and key in _MOMENTS and (moment := parse_datetime(value)):
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    return str(_choices(key).get(str(value), value))


def _choices(key: str) -> dict[Any, Any]:
    match key:
        case key if key in _ELSEWHERE:
            # Roles and states are another room's; its models are asked by name.
            fields: Any = [apps.get_model(model)._meta.get_field(f) for model, f in _ELSEWHERE[key]]
            return {value: label for field in fields for value, label in field.flatchoices}
        case "scheme":
            return dict(Identifier.Scheme.choices)
        case "community":
            return dict(Member.Community.choices)
        case "trademark_permission":
            return dict(Member.Trademark.choices)
        case _:
            return {}


def _day(value: str) -> datetime.date | None:
    try:
        return parse_date(value) if len(value) == 10 else None
    except ValueError:
        return None
