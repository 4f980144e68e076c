"""Services on Connection: begun, made, found withdrawn or closed, ended, moved (O1, O4, O6, C8).

Rows are written under their lock in transactions of their own; ORCID is called before or after
(H1). The lock is one that lets rows be stored meanwhile that name the connection (`no_key`): who
queues something for it holds a lane, for which whoever changes the connection then waits.
Nothing here is anybody's but the person's: the views pass the iD they signed in with (C4).
"""

import contextlib
import datetime
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from integrations.orcid import oauth, scopes, signals, tokens, webhooks
from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.models import Connection, Credential, UnwantedToken

NAME_LENGTH = 200


class NotConnected(Exception):
    """ORCID answered, and yet there is no connection; what it gave is revoked."""


class AnotherId(NotConnected):
    """The person came with another iD than the one they signed in with here."""

    def __init__(self, orcid: str) -> None:
        super().__init__("Another iD.")
        self.orcid = orcid


class TooLittle(NotConnected):
    """ORCID did not give the permission that was asked for."""


def own_connection(orcid: str | None) -> Connection | None:
    """The person's connection by this deployment's own client, whatever its state."""
    found = Connection.objects.own()
    return found.filter(orcid=orcid).select_related("credential").first() if orcid else None


def begin(*, orcid: str, state: str, writes: bool = False) -> str:
    """The address at ORCID where the person is asked for exactly what is needed: to read, and to
    write too once something is to be written.

    `orcid` is empty for those who have yet to prove theirs.
    """
    return oauth.authorize_url(
        scopes=_asked(orcid, writes=writes), state=state, redirect_uri=redirect_uri(), orcid=orcid
    )


def _asked(orcid: str, *, writes: bool) -> tuple[str, ...]:
    """What was allowed before is asked for again: the new token takes the old one's place."""
    held = own_connection(orcid)
    had = held.scopes if held and held.can_be_ended else []
    is_to_write = writes or scopes.ACTIVITIES_UPDATE in had
    return (*scopes.CONNECT, scopes.ACTIVITIES_UPDATE) if is_to_write else scopes.CONNECT


def may_write(connection: Connection | None) -> bool:
    """Whether works can be written by it now, as far as is known here."""
    if connection is None or not connection.is_active:
        return False
    return scopes.ACTIVITIES_UPDATE in connection.scopes


def redirect_uri() -> str:
    """As registered at ORCID: it does not follow from what host name the request came by."""
    return f"{settings.SITE_URL}{reverse('orcid_connected')}"


def connect(
    *, orcid: str, code: str, claim: Callable[[str, str], bool] | None = None
) -> Connection:
    """Trade ORCID's code for tokens, and connect the person who signed in with `orcid`.

    `claim` is for who has no iD yet: called with the iD and name that ORCID has just proved, it
    makes them theirs, or says that they are another's. Connecting anew takes the place of what was
    there; the old tokens are revoked. Raises `AnotherId` and `TooLittle` (what came is revoked
    then), `OrcidRefused`, `OrcidUnavailable`.
    """
    found = oauth.exchange_for_tokens(code=code, redirect_uri=redirect_uri())
    if orcid and found.orcid != orcid:
        _revoke_at_once(found)
        raise AnotherId(found.orcid)
    if scopes.missing(found.scopes):
        _revoke_at_once(found)
        raise TooLittle
    if not orcid and not (claim and claim(found.orcid, found.name)):
        _revoke_at_once(found)
        raise AnotherId(found.orcid)
    connection = keep(found)
    _tell_orcid(connection)
    return connection


@transaction.atomic
def keep(found: oauth.Tokens) -> Connection:
    """The connection that these tokens make, in place of what was there."""
    rows = Connection.objects.select_for_update(no_key=True)
    row, _new = rows.get_or_create(credential=Credential.objects.own(), orcid=found.orcid)
    # ORCID may give what it gave before, which must not be revoked then.
    _still_wanted(row, found)
    if row.access_token not in {found.access_token, ""}:
        tokens.discard(row, row.access_token)
    tokens.keep(row, found)
    row.name = found.name[:NAME_LENGTH]
    row.connected_at = timezone.now()
    _turn(row, Connection.State.ACTIVE)
    signals.connected.send(sender=Connection, connection_id=row.pk)
    return row


def _still_wanted(row: Connection, found: oauth.Tokens) -> None:
    for unwanted in row.unwanted_tokens.select_for_update():
        if unwanted.token in {found.access_token, found.refresh_token}:
            unwanted.delete()


def _revoke_at_once(found: oauth.Tokens) -> None:
    """A row first, so that the token is revoked later where that does not work now."""
    held = Connection.objects.filter(orcid=found.orcid)
    if any(connection.access_token == found.access_token for connection in held):
        return  # ORCID gave what it gave before: that is in use, by its owner
    row = UnwantedToken.objects.create(
        credential=Credential.objects.own(), token=found.access_token
    )
    tokens.revoke(token_id=row.pk)


def mark_withdrawn(*, connection_id: int, seen: Connection | None = None) -> None:
    """ORCID no longer takes the token: reconnect needed, records stay (O4).

    `seen` is the connection as it was when ORCID refused: nothing is marked when the person has
    connected anew meanwhile.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).filter(pk=connection_id).first()
        is_old_news = row and seen and seen.access_token != row.access_token
        if row is None or is_old_news or row.state not in _IN_USE:
            return
        # The token stays: ORCID lets it delete what was written with it, even now.
        _turn(row, Connection.State.WITHDRAWN)


def mark_closed(*, connection_id: int) -> None:
    """The record is locked or deactivated: nothing is asked of it; it is looked at weekly."""
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).filter(pk=connection_id).first()
        if row is not None and row.state in _IN_USE:
            row.record_checked_at = timezone.now()
            _turn(row, Connection.State.CLOSED)


def closed_and_not_looked_at(*, since: datetime.datetime) -> list[str]:
    """The iDs of closed records that nobody has looked at since then, the longest ago first."""
    closed = Connection.objects.filter(state=Connection.State.CLOSED, record_checked_at__lt=since)
    return list(closed.order_by("record_checked_at", "pk").values_list("orcid", flat=True))


def note_look(*, orcid: str, is_open: bool) -> None:
    """A closed record was looked at. In order again, it is taken up; whether ORCID still takes the
    token, the next call tells."""
    with transaction.atomic():
        rows = Connection.objects.select_for_update(no_key=True).filter(orcid=orcid)
        for row in rows.filter(state=Connection.State.CLOSED).order_by("pk"):
            row.record_checked_at = timezone.now()
            _turn(row, Connection.State.ACTIVE if is_open else Connection.State.CLOSED)
            if is_open:
                signals.connected.send(sender=Connection, connection_id=row.pk)


def disconnect(*, connection_id: int) -> None:
    """End a connection: at once here, then at ORCID, tried again until it has worked (O6).

    What the person has here stays; so does what is on the record.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if row.state in {Connection.State.ENDING, Connection.State.ENDED}:
            return
        # From here on good for revoking alone.
        tokens.discard(row, row.access_token)
        row.access_token = row.refresh_token = ""
        _turn(row, Connection.State.ENDING)
        signals.disconnected.send(sender=Connection, connection_id=row.pk)
    _tell_orcid(row)


def finish_ending(*, most: int = 100) -> int:
    """Revoke what nobody wants, remove webhooks, end what is ending; how many ended.

    For beat: goes over whatever could not be told to ORCID when it happened.
    """
    tokens.revoke_due(most=most)
    ending = Connection.objects.filter(state=Connection.State.ENDING).order_by("state_changed_at")
    ended = 0
    for row in list(ending[:most]):
        try:
            ended += _end(row)
        except OrcidUnavailable:
            break
    return ended


def forget_ended(*, keep: QuerySet[Any, Any], before: datetime.datetime) -> int:
    """Delete connections that have ended (H7), of iDs that are not among `keep` or before that day;
    how many. What was written to their records stays there, and is not known here any more."""
    ended = Connection.objects.filter(state=Connection.State.ENDED, unwanted_tokens=None)
    over = ended.filter(~Q(orcid__in=keep) | Q(state_changed_at__lt=before))
    keys = list(over.order_by("pk").values_list("pk", flat=True)[:500])
    Connection.objects.filter(pk__in=keys).delete()
    return len(keys)


def _tell_orcid(row: Connection) -> None:
    """At once what can be done at once; the sweep finds the rest."""
    for token_id in list(row.unwanted_tokens.values_list("pk", flat=True)):
        tokens.revoke(token_id=token_id)
    if row.state == Connection.State.ENDING:
        with contextlib.suppress(OrcidUnavailable):
            _end(row)


def _end(row: Connection) -> bool:
    """Whether it has ended now. Raises `OrcidUnavailable`."""
    if row.webhook_registered_at:
        webhooks.remove(row)
    with transaction.atomic():
        ending = Connection.objects.select_for_update(no_key=True).filter(
            state=Connection.State.ENDING
        )
        fresh = ending.filter(pk=row.pk).first()
        if fresh is None or fresh.unwanted_tokens.exists() or fresh.webhook_registered_at:
            return False
        _turn(fresh, Connection.State.ENDED)
    return True


@transaction.atomic
def move(*, old: str, new: str) -> None:
    """Let `new` take the place of `old` (C8). Call `contacts.services.moving.move_orcid`, which
    changes the other three places too.

    A connection of the new iD stays as it is; that of the old one then goes, its token revoked.
    """
    if old == new:
        return
    for row in Connection.objects.select_for_update(no_key=True).filter(orcid=old).order_by("pk"):
        twin = Connection.objects.filter(credential=row.credential, orcid=new).first()
        into_id = twin.pk if twin else row.pk
        signals.moved.send(sender=Connection, connection_id=row.pk, into_id=into_id)
        if twin:
            tokens.discard(row, row.access_token)
            row.unwanted_tokens.update(connection=None)
            row.delete()
            continue
        row.orcid = new
        # Of the record that is no more.
        row.webhook_key, row.webhook_registered_at = "", None
        _turn(row, _AFTER_MOVING.get(row.state, row.state))


_IN_USE = {Connection.State.ACTIVE, Connection.State.CLOSED}
_AFTER_MOVING = {Connection.State.CLOSED.value: Connection.State.ACTIVE}


def _turn(row: Connection, state: str) -> None:
    """Save a locked row in that state."""
    if row.state != state:
        row.state, row.state_changed_at = state, timezone.now()
    row.save()
