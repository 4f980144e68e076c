"""The operator's pages about people. What concerns a member's contacts is hung onto the member."""

from contacts.admin import (
    adding,
    announcements,
    contacts,
    help_requests,
    institutional,
    invitations,
    lead,
    mails,
    merging,
    people,
    profiles,
    runs,
    tokens,
)

__all__ = [
    "adding",
    "announcements",
    "contacts",
    "help_requests",
    "institutional",
    "invitations",
    "lead",
    "mails",
    "merging",
    "people",
    "profiles",
    "runs",
    "tokens",
]
