"""Celery tasks: fetch nothing, decide nothing, call a service."""

from celery import shared_task

from contacts.services import mails


@shared_task(name="contacts.deliver_mail")
def deliver_mail(mail_id: int) -> None:
    mails.deliver(mail_id=mail_id)


@shared_task(name="contacts.deliver_due_mails")
def deliver_due_mails() -> None:
    mails.sweep()
