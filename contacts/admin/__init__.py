"""The operator's pages about people. What concerns a member's contacts is hung onto the member."""

from contacts.admin import adding, contacts, invitations, lead, mails, merging, people, runs

__all__ = ["adding", "contacts", "invitations", "lead", "mails", "merging", "people", "runs"]
