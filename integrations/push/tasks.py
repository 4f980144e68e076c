"""Celery tasks: fetch nothing, decide nothing, call a service."""

from celery import shared_task

from integrations.push.services import lanes, retention, sending


@shared_task(name="push.deliver")
def deliver(connection_id: int) -> None:
    sending.deliver(connection_id=connection_id)


@shared_task(name="push.sweep")
def sweep() -> None:
    lanes.sweep()


@shared_task(name="push.forget_attempts")
def forget_attempts() -> None:
    retention.forget_attempts()
