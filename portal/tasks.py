"""Housekeeping of the deployment as a whole."""

from celery import shared_task
from django.core.management import call_command

from contacts.services.security import forget_dead_sessions


@shared_task(name="portal.clear_sessions")
def clear_sessions() -> None:
    call_command("clearsessions")
    forget_dead_sessions()
