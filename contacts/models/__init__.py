"""People, contacts and roles, invitations, mails, and the lead's work with them, by topic."""

from contacts.models.announcements import Announcement
from contacts.models.contacts import (
    PROTECTED_ROLES,
    AgreementRecord,
    Contact,
    DeskSeat,
    Role,
    RoleAssignment,
)
from contacts.models.institutional import AssertedAffiliation, InstitutionalSignIn
from contacts.models.invitations import ContactImport, ImportedContact, Invitation
from contacts.models.lead import DeskVisit, LeadChange, OrcidReport
from contacts.models.mails import Mail
from contacts.models.people import User
from contacts.models.profiles import Profile
from contacts.models.requests import HelpMessage, HelpRequest, Recovery
from contacts.models.rounds import Confirmation, ConfirmationRound
from contacts.models.runs import Run
from contacts.models.tokens import ApiToken

__all__ = [
    "PROTECTED_ROLES",
    "AgreementRecord",
    "Announcement",
    "ApiToken",
    "AssertedAffiliation",
    "Confirmation",
    "ConfirmationRound",
    "Contact",
    "ContactImport",
    "DeskSeat",
    "DeskVisit",
    "HelpMessage",
    "HelpRequest",
    "ImportedContact",
    "InstitutionalSignIn",
    "Invitation",
    "LeadChange",
    "Mail",
    "OrcidReport",
    "Profile",
    "Recovery",
    "Role",
    "RoleAssignment",
    "Run",
    "User",
]
