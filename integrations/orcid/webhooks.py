"""ORCID calls us when a record changes: registered, removed, heeded (orcid-api.md, section 4).

The call is empty and unsigned: the address holds an unguessable key, and whoever knows it can do no
more than have the record looked at. Only premium members may register webhooks (ORCID_WEBHOOKS).
"""

import hmac
import logging
import re
import secrets
from http import HTTPStatus
from urllib.parse import quote

import httpx
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from integrations.orcid import http, public, scopes, signals
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
from integrations.orcid.models import Connection

log = logging.getLogger(__name__)


def register_missing(*, most: int = 200) -> int:
    """Register the active connections that have no webhook yet; how many now have one.

    For beat. Stops when ORCID cannot be reached; one that is refused does not hold up the others.
    """
    if not settings.ORCID_WEBHOOKS:
        return 0
    rows = Connection.objects.own().active().filter(webhook_registered_at=None)
    done = 0
    for row in list(rows.order_by("?")[:most]):
        try:
            register(row)
        except OrcidRefused as error:
            log.warning("A webhook was not registered: %s", error)
        except OrcidUnavailable:
            break
        else:
            done += 1
    return done


def register(row: Connection) -> None:
    """Have ORCID call us when this record changes. Raises `OrcidRefused`, `OrcidUnavailable`."""
    with transaction.atomic():
        # The key first: ORCID may call as soon as it knows the address.
        fresh = Connection.objects.select_for_update(no_key=True).get(pk=row.pk)
        if not fresh.is_active:
            return
        fresh.webhook_key = fresh.webhook_key or secrets.token_urlsafe(32)
        fresh.save(update_fields=["webhook_key"])
    response = _call("PUT", fresh)
    if not response.is_success:
        raise http.failure(response)
    # Also when the person has disconnected meanwhile: the sweep then removes it.
    Connection.objects.filter(pk=row.pk).update(webhook_registered_at=timezone.now())


def remove(row: Connection) -> None:
    """Have ORCID call us no more. Raises `OrcidUnavailable`.

    A refusal counts as done: there is none (404), or this client may have none any more.
    """
    try:
        response = _call("DELETE", row)
        if not response.is_success and response.status_code != HTTPStatus.NOT_FOUND:
            raise http.failure(response)
    except OrcidRefused as error:
        log.warning("A webhook was not removed: %s", error)
    Connection.objects.filter(pk=row.pk).update(webhook_key="", webhook_registered_at=None)


def heed(*, connection_id: int, key: str) -> None:
    """ORCID, or somebody who knows the address, says that the record has changed."""
    row = Connection.objects.active().filter(pk=connection_id).first()
    expected = row.webhook_key if row else ""
    # Compared in every case, so that the time tells nothing.
    if hmac.compare_digest(expected.encode(), key.encode()) and expected:
        signals.record_changed.send(sender=Connection, connection_id=connection_id)


def _call(method: str, row: Connection) -> httpx.Response:
    address = settings.SITE_URL + reverse("orcid_webhook", args=[row.pk, row.webhook_key])
    # No version in it, unlike the record's own addresses.
    root = re.sub(r"/v[0-9.]+$", "", settings.ORCID_MEMBER_API_URL)
    url = f"{root}/{row.orcid}/webhook/{quote(address, safe='')}"
    response = http.send(method, url, "webhook", headers=public.bearer(scopes.WEBHOOK))
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        # ORCID forgot our token: a new one, once.
        public.forget_bearer(scopes.WEBHOOK)
        response = http.send(method, url, "webhook", headers=public.bearer(scopes.WEBHOOK))
    return response
