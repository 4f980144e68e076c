"""Gives what the services wrote today the date on which, in the demo, it happened."""

import datetime

from django.apps import apps
from django.db.models import Max, Model, QuerySet

# Rows that say when they came to be.
_DATED: tuple[tuple[str, str], ...] = (
    ("members.Member", "created_at"),
    ("members.Membership", "created_at"),
    ("members.Identifier", "created_at"),
    ("members.Event", "created_at"),
    ("contacts.User", "date_joined"),
    ("contacts.Contact", "created_at"),
    ("contacts.RoleAssignment", "created_at"),
    ("contacts.Invitation", "created_at"),
    ("contacts.Mail", "created_at"),
    ("contacts.ConfirmationRound", "started_at"),
    ("contacts.HelpRequest", "created_at"),
    ("contacts.HelpMessage", "created_at"),
    ("contacts.Announcement", "created_at"),
    ("contacts.LeadChange", "made_at"),
    ("contacts.ContactImport", "created_at"),
    ("contacts.OrcidReport", "sent_at"),
    ("contacts.ApiToken", "created_at"),
    ("members.FormerSlug", "created_at"),
    ("orcid.Connection", "connected_at"),
    ("works.Grant", "given_at"),
    ("works.Keeper", "added_at"),
    ("works.MemberWork", "created_at"),
    ("works.PermissionRequest", "created_at"),
)


class Past:
    """Dates the rows made since the last call: history is append-only, so only at their birth."""

    def __init__(self) -> None:
        self._last = {label: _newest(label) for label, _field in _DATED}

    def date_new_rows(self, when: datetime.datetime) -> None:
        for label, field in _DATED:
            newest = _newest(label)
            if newest > self._last[label]:
                new = rows(label).filter(pk__gt=self._last[label])
                new.update(**{field: when})
                self._last[label] = newest


def rows(label: str) -> "QuerySet[Model]":
    """All rows, past the manager: the one for events refuses to change any."""
    return QuerySet(model=apps.get_model(label))


def _newest(label: str) -> int:
    newest: int | None = rows(label).aggregate(newest=Max("pk"))["newest"]
    return newest or 0
