from integrations.sandbox.models.activities import Activity, ActivityIdentifier
from integrations.sandbox.models.clients import Client
from integrations.sandbox.models.grants import AuthorizationCode, Token
from integrations.sandbox.models.institutions import Institution, InstitutionalAccount
from integrations.sandbox.models.mail import Message, Recipient
from integrations.sandbox.models.notices import Notice
from integrations.sandbox.models.organizations import Organization
from integrations.sandbox.models.people import Email, Person, Visibility
from integrations.sandbox.models.webhooks import Webhook

__all__ = [
    "Activity",
    "ActivityIdentifier",
    "AuthorizationCode",
    "Client",
    "Email",
    "Institution",
    "InstitutionalAccount",
    "Message",
    "Notice",
    "Organization",
    "Person",
    "Recipient",
    "Token",
    "Visibility",
    "Webhook",
]
