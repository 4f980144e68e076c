"""The operator at work in the admin."""

from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from contacts.models import User
from members.models import Event
from tests.factories import make_user
from tests.lead.desk import client_of


def make_operator(**fields: Any) -> User:
    defaults = {"is_staff": True, "is_superuser": True, "email": "operator@portal.example"}
    return make_user(orcid=None, name="Olga Operator", **(defaults | fields))


def operator_client() -> Client:
    return client_of(make_operator())


def admin_name(model: type[Model] | Model) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def change_address(row: Model) -> str:
    return reverse(f"{admin_name(row)}_change", args=[row.pk])


def do_address(row: Model, operation: str) -> str:
    return reverse(f"{admin_name(row)}_operation", args=[row.pk, operation])


def do(client: Client, row: Model, operation: str, **data: Any) -> Any:
    return client.post(do_address(row, operation), data)


def objections(response: Any) -> list[str]:
    """What the form says is wrong, all of it."""
    errors = response.context["form"].errors
    return [message for messages in errors.values() for message in messages]


def last_event() -> tuple[str, str, str]:
    """Kind, capacity and actor of the newest event."""
    event = Event.objects.order_by("-pk")[0]
    return event.kind, event.capacity, str(event.actor)
