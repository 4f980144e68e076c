"""Celery tasks: fetch nothing, decide nothing, call a service."""

from celery import shared_task

import contacts.services.member_imports  # noqa: F401  # says what runs of its kind do
from contacts.services import mails, moving, round_steps, rounds, runs


@shared_task(name="contacts.deliver_mail")
def deliver_mail(mail_id: int) -> None:
    mails.deliver(mail_id=mail_id)


@shared_task(name="contacts.deliver_due_mails")
def deliver_due_mails() -> None:
    mails.sweep()


@shared_task(name="contacts.look_after_records")
def look_after_records() -> None:
    moving.look_after_records()


@shared_task(name="contacts.perform_run")
def perform_run(run_id: int) -> None:
    runs.perform(run_id=run_id)


@shared_task(name="contacts.sweep_runs")
def sweep_runs() -> None:
    runs.sweep()


@shared_task(name="contacts.advance_rounds")
def advance_rounds() -> None:
    round_steps.advance()


@shared_task(name="contacts.start_yearly_rounds")
def start_yearly_rounds() -> None:
    rounds.start_yearly_rounds()
