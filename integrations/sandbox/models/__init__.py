from integrations.sandbox.models.clients import Client
from integrations.sandbox.models.faults import Fault
from integrations.sandbox.models.grants import AuthorizationCode, Token
from integrations.sandbox.models.mail import Message, Recipient
from integrations.sandbox.models.people import Email, Employment, Person, Visibility

__all__ = [
    "AuthorizationCode",
    "Client",
    "Email",
    "Employment",
    "Fault",
    "Message",
    "Person",
    "Recipient",
    "Token",
    "Visibility",
]
