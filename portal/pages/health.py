"""Health, for whoever watches the machines: public, without any detail."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.http import same_for_all
from portal.celery import app

log = logging.getLogger(__name__)


@same_for_all
@login_not_required
@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@same_for_all
@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether pages can be served. Without the broker they can: what waits is swept later (H6)."""
    database = _database_answers()
    body = {"ready": database, "database": database, "broker": _broker_answers()}
    return JsonResponse(body, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("The database does not answer.")
        return False
    return True


def _broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except Exception:  # noqa: BLE001  # each kind of broker fails in its own way
        log.warning("The broker does not answer.")
        return False
    return True
