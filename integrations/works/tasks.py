"""Celery tasks: fetch nothing, decide nothing, call a service. Pulls themselves are runs."""

from celery import shared_task

from integrations.works.services import asking, forgetting, grants, refreshing


@shared_task(name="works.look_for_changes")
def look_for_changes() -> None:
    refreshing.look_for_changes()


@shared_task(name="works.start_due_pulls")
def start_due_pulls() -> None:
    refreshing.start_due()


@shared_task(name="works.end_permissions")
def end_permissions() -> None:
    grants.end_of_former_members()


@shared_task(name="works.remind_researchers")
def remind_researchers() -> None:
    asking.remind_due()


@shared_task(name="works.forget_permissions")
def forget_permissions() -> None:
    forgetting.forget()
