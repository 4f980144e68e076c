"""Celery tasks: fetch nothing, decide nothing, call a service."""

from celery import shared_task

from integrations.orcid import connections, http, webhooks


@shared_task(name="orcid.finish_ending")
def finish_ending() -> None:
    with http.patient():
        connections.finish_ending()


@shared_task(name="orcid.register_webhooks")
def register_webhooks() -> None:
    with http.patient():
        webhooks.register_missing()
