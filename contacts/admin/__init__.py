"""The operator's pages about people. What concerns a member's contacts is hung onto the member."""

from contacts.admin import (
    adding,
    contacts,
    help_requests,
    invitations,
    lead,
    mails,
    merging,
    people,
    runs,
)

__all__ = [
    "adding",
    "contacts",
    "help_requests",
    "invitations",
    "lead",
    "mails",
    "merging",
    "people",
    "runs",
]
