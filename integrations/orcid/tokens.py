"""A person's tokens: renewed when they have run out, revoked when nobody wants them (O1, O6).

Each is a row before ORCID is told, and every call is made outside any transaction (H1).
"""

import datetime
import logging
import time

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.orcid import oauth
from integrations.orcid.errors import OrcidError, OrcidRefused, TokenRefused
from integrations.orcid.models import Connection, UnwantedToken

log = logging.getLogger(__name__)

# A token this close to its end may run out on the way.
LEEWAY = datetime.timedelta(minutes=2)
FIRST_PAUSE = datetime.timedelta(seconds=30)
LONGEST_PAUSE = datetime.timedelta(hours=1)


def usable_token(connection: Connection, *, good_for: float = 0.0) -> str:
    """The access token to call ORCID with, renewed first if it has run out.

    Brings the given object up to date first, so that work under way stops when the person
    disconnects (O6), unless it was read less than `good_for` seconds ago. Raises `TokenRefused`
    where the connection has none that ORCID takes, `OrcidRefused` and `OrcidUnavailable`.
    """
    try:
        if time.monotonic() - connection.read_at >= good_for:
            connection.refresh_from_db()
    except Connection.DoesNotExist:  # its iD has moved to one that is connected too
        raise TokenRefused(status=401, error="invalid_token") from None
    if not (connection.is_active and connection.access_token):
        raise TokenRefused(status=401, error="invalid_token")
    if connection.expires_at is None or connection.expires_at > timezone.now() + LEEWAY:
        return str(connection.access_token)
    if not connection.refresh_token:
        raise TokenRefused(status=401, error="invalid_token")
    return _renew(connection)


def token_to_delete(connection: Connection) -> str:
    """The access token to delete with what was written here.

    ORCID takes one that its person has withdrawn for this alone (orcid-api.md, 1.5). Raises as
    `usable_token`.
    """
    if connection.state == Connection.State.WITHDRAWN and connection.access_token:
        return str(connection.access_token)
    return usable_token(connection)


def _renew(connection: Connection) -> str:
    used = connection.refresh_token
    try:
        found = oauth.refresh(refresh_token=used, access_token=connection.access_token)
    except OrcidRefused as error:
        # 401 is about this deployment's client, not about the person's permission.
        if error.status == 401:
            raise
        connection.refresh_from_db()
        if connection.is_active and connection.refresh_token != used:
            return str(connection.access_token)  # another worker was faster
        raise TokenRefused(status=error.status, error=error.error) from None
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if row.is_active and row.refresh_token == used:
            keep(row, found)
            row.save()
        else:
            # Disconnected, or connected anew, meanwhile.
            discard(row, found.access_token)
    connection.refresh_from_db()
    return usable_token(connection)


def keep(row: Connection, found: oauth.Tokens) -> None:
    """Put new tokens on a locked row; the caller saves it."""
    row.access_token = found.access_token
    row.refresh_token = found.refresh_token
    row.scopes = found.scopes
    row.expires_at = expiry(found)


def expiry(found: oauth.Tokens) -> datetime.datetime | None:
    """When the token runs out; None when ORCID did not say."""
    if found.expires_in is None:
        return None
    return timezone.now() + datetime.timedelta(seconds=found.expires_in)


def discard(row: Connection, token: str) -> None:
    """Have a token of this connection revoked; an empty one is none."""
    if token:
        UnwantedToken.objects.create(credential=row.credential, connection=row, token=token)


def revoke_due(*, most: int = 100) -> None:
    """Revoke at ORCID what is due. Stops when ORCID cannot be reached."""
    due = UnwantedToken.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    for token_id in list(due.values_list("pk", flat=True)[:most]):
        if not revoke(token_id=token_id):
            break


def revoke(*, token_id: int) -> bool:
    """Revoke one at ORCID, and forget it. Where that does not work it is due again later; False
    when ORCID cannot be reached at all."""
    row = UnwantedToken.objects.filter(pk=token_id).first()
    if row is None:
        return True
    try:
        oauth.revoke(row.token)
    except OrcidError as error:
        log.warning("A token could not be revoked, it is tried again: %s", error)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.attempts, 10))
        UnwantedToken.objects.filter(pk=token_id).update(
            attempts=F("attempts") + 1, due_at=timezone.now() + pause
        )
        return isinstance(error, OrcidRefused)
    row.delete()
    return True
