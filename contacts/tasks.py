"""Celery tasks: fetch nothing, decide nothing, call a service."""

from celery import shared_task

import contacts.services.imports.runs
import contacts.services.member_imports  # noqa: F401  # they say what runs of their kind do
from contacts.services import (
    announcements,
    deliveries,
    erasing,
    institutional,
    mails,
    moving,
    recovery,
    retention,
    round_steps,
    rounds,
    runs,
)
from contacts.services.imports import applying
from contacts.services.imports import sending as import_sending


@shared_task(name="contacts.deliver_mail")
def deliver_mail(mail_id: int) -> None:
    mails.deliver(mail_id=mail_id)


@shared_task(name="contacts.deliver_due_mails")
def deliver_due_mails() -> None:
    mails.sweep()


@shared_task(name="contacts.deliver_announcement")
def deliver_announcement(announcement_id: int) -> None:
    deliveries.carry_on(announcement_id=announcement_id)


@shared_task(name="contacts.sweep_announcements")
def sweep_announcements() -> None:
    announcements.start_due()
    deliveries.sweep()


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


@shared_task(name="contacts.send_import")
def send_import(import_id: int) -> None:
    import_sending.carry_on(import_id=import_id)


@shared_task(name="contacts.sweep_imports")
def sweep_imports() -> None:
    import_sending.sweep()


@shared_task(name="contacts.advance_recoveries")
def advance_recoveries() -> None:
    recovery.advance_recoveries()


@shared_task(name="contacts.erase_expired")
def erase_expired() -> None:
    retention.erase_expired()


@shared_task(name="contacts.finish_closings")
def finish_closings() -> None:
    erasing.finish_closings()


@shared_task(name="contacts.forget_left_out_rows")
def forget_left_out_rows() -> None:
    applying.forget_left_out()


@shared_task(name="contacts.refresh_institutions")
def refresh_institutions() -> None:
    institutional.refresh_all()
