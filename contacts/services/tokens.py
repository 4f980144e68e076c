"""API tokens: made and shown once, judged at each request, revoked (rules R5, O1)."""

import datetime
import hashlib
import secrets
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import ApiToken, Contact, DeskSeat, Role
from contacts.permissions import desks_of, standing_of
from contacts.services.security import Change, tell_of_change
from members.actors import Actor, Reach
from members.dates import day_of
from members.models import Consortium, Event, Member

MOST_DAYS = 366
MOST_LIVE_TOKENS = 20
NOTE_USE_EVERY = datetime.timedelta(minutes=1)
# Says what it is to whoever finds one, people and scanners of code alike.
_MARK = "mt_"
_SHOWN = len(_MARK) + 6


def hash_token(secret: str) -> str:
    """What is stored. A plain hash is enough for a secret that nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(
    *,
    name: str,
    days: int,
    can_write: bool,
    by: Actor,
    member_id: int | None = None,
    consortium_id: int | None = None,
) -> tuple[ApiToken, str]:
    """A token for the member, by one of its contacts, or for the consortium, by its desk.

    Returns the row and the secret, which is stored nowhere: whoever asked sees it once. Raises
    `PermissionDenied` (readers of the desk make tokens that only read), `ValidationError`: longer
    than a year, or too many already.
    """
    member = Member.objects.lock(member_id) if member_id is not None else None
    consortium = _lock_desk(consortium_id) if consortium_id is not None else None
    if by.user is None or not _may_make(by, member, consortium, can_write=can_write):
        raise PermissionDenied
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError(_("A token is valid for a year at most."), code="days")
    own = live_tokens().filter(user=by.user, member=member, consortium=consortium)
    if own.count() >= MOST_LIVE_TOKENS:
        raise ValidationError(_("You have many tokens already. Revoke one first."), code="many")
    secret = _MARK + secrets.token_urlsafe(32)  # 256 bits, of which the prefix shows 36
    token = ApiToken(
        name=name,
        prefix=secret[:_SHOWN],
        token_hash=hash_token(secret),
        user=by.user,
        member=member,
        consortium=consortium,
        can_write=can_write,
        expires_at=timezone.now() + datetime.timedelta(days=days),
    )
    token.full_clean(exclude=["member", "consortium", "user"])
    token.save()
    tell_of_change(user=by.user, change=Change.TOKEN_MADE, detail=name)
    Event.append(_event(Event.Kind.TOKEN_MADE, token, by))
    return token, secret


def _lock_desk(consortium_id: int) -> Consortium:
    """With the lead first: whoever is being taken off it makes no token meanwhile (R5)."""
    lead = Consortium.objects.values_list("lead", flat=True).get(pk=consortium_id)
    if lead is not None:
        Member.objects.lock(lead)
    return _lock(consortium_id)


def _lock(consortium_id: int) -> Consortium:
    return Consortium.objects.select_for_update(of=("self",)).get(pk=consortium_id)


def _may_make(
    by: Actor, member: Member | None, consortium: Consortium | None, *, can_write: bool
) -> bool:
    if member is not None:
        who = standing_of(by, member)
        # A token makes no tokens: it would outlive itself.
        return by.capacity == Event.Capacity.CONTACT and who.contact is not None and who.can_edit
    if consortium is None or by.capacity != Event.Capacity.LEAD:
        return False
    level = _desk_level(by, consortium.pk)
    return level is not None and (not can_write or level == DeskSeat.Level.MANAGER)


def _desk_level(by: Actor, consortium_id: int) -> str | None:
    if by.user is None:
        return None
    desks = desks_of(by.user).filter(pk=consortium_id)
    level: str | None = desks.values_list("desk_level", flat=True).first()
    return level


def live_tokens() -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=timezone.now())


@transaction.atomic
def revoke_token(*, token_id: int, by: Actor) -> ApiToken:
    """End a token at once; revoking it again changes nothing.

    Its owner may, the member's Main, a manager of the desk, and the operator. Raises
    `PermissionDenied` for everybody else.
    """
    token = ApiToken.objects.select_related("member", "consortium", "user").get(pk=token_id)
    if token.member_id is not None:
        Member.objects.lock(token.member_id)
    elif token.consortium_id is not None:
        _lock(token.consortium_id)
    if not revoker(by, member=token.member, consortium_id=token.consortium_id)(token):
        raise PermissionDenied
    revoked = ApiToken.objects.filter(pk=token_id, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    token.refresh_from_db()
    if revoked:
        Event.append(_event(Event.Kind.TOKEN_REVOKED, token, by))
    return token


def revoker(
    by: Actor, *, member: Member | None = None, consortium_id: int | None = None
) -> Callable[[ApiToken], bool]:
    """Whether the actor may end a token of that member, or of that desk; read once for a list."""
    if member is not None:
        who = standing_of(by, member)
        may_own, may_all = who.can_edit, who.can_edit and Role.MAIN in who.roles
    elif consortium_id is not None and by.capacity == Event.Capacity.LEAD:
        level = _desk_level(by, consortium_id)
        may_own, may_all = level is not None, level == DeskSeat.Level.MANAGER
    else:
        may_own = may_all = False
    user = by.user
    return lambda token: by.is_trusted or may_all or (may_own and token.user == user)


def revoke_tokens_of(contact: Contact) -> list[int]:
    """R5: end the tokens of a person who is being taken off, for the member and for its desks.

    Called under the member's lock; returns their keys for the event of the removal.
    """
    held = ApiToken.objects.filter(
        Q(member=contact.member_id) | Q(consortium__lead=contact.member_id),
        user__orcid=contact.orcid,
        revoked_at=None,
    )
    keys = list(held.order_by("pk").values_list("pk", flat=True))
    ApiToken.objects.filter(pk__in=keys).update(revoked_at=timezone.now())
    return keys


def actor_of_token(secret: str) -> Actor:
    """Who calls the API with this token, and how far they reach now.

    Raises `ValidationError` in plain words when the token is unknown, revoked or expired, or when
    its person has no account, is no longer a contact, or no longer on the desk.
    """
    tokens = ApiToken.objects.select_related("user")
    token = tokens.filter(token_hash=hash_token(secret)).first()
    if token is None:
        raise ValidationError(_("This token is not known."), code="unknown")
    if token.revoked_at is not None:
        raise ValidationError(_("This token has been revoked."), code="revoked")
    if token.expires_at <= timezone.now():
        raise ValidationError(_("This token has expired."), code="expired")
    reach = _reach(token) if token.user.is_active else None
    if reach is None:
        raise ValidationError(_("The person behind this token has no access."), code="no_access")
    _note_use(token)
    return Actor.token(token.user, reach)


def _reach(token: ApiToken) -> Reach | None:
    """What is left of the token's reach: no more than its person's own."""
    if token.member_id is not None:
        if not Member.objects.own(token.user).filter(pk=token.member_id).exists():
            return None
        return Reach(token.pk, member_id=token.member_id, can_write=token.can_write)
    desk = desks_of(token.user).filter(pk=token.consortium_id)
    level = desk.values_list("desk_level", flat=True).first()
    if level is None:
        return None
    can_write = token.can_write and level == DeskSeat.Level.MANAGER
    return Reach(token.pk, consortium_id=token.consortium_id, can_write=can_write)


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTE_USE_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _event(kind: Event.Kind, token: ApiToken, by: Actor) -> Event:
    """Never the token itself. Its name is what somebody typed, so it can be erased (H4)."""
    return Event(
        member=token.member,
        consortium=token.consortium,
        kind=kind,
        changes={
            "token": token.pk,
            "can_write": token.can_write,
            "expires_on": day_of(token.expires_at).isoformat(),
        },
        personal={"token_name": token.name},
        actor=by.user,
        capacity=by.capacity,
    )
