"""The publications desk: people a contact names, by iD, to keep the works and nothing else.

Found or invited by the same step as contacts (C2–C4, A8); removed, they are out with their next
request (R5).
"""

import datetime
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.letters import site_url
from contacts.models import Mail, User
from contacts.services.finding import read_offer
from contacts.services.invitations import token_hash
from contacts.services.mails import queue_mail
from contacts.throttles import check_mail_rate
from integrations.works.models import Keeper
from integrations.works.permissions import can_name_keepers
from members.actors import Actor
from members.models import Event, Member

_NOT_ME = "works.desk.not-me"


def _lock(member_id: int, by: Actor) -> Member:
    member = Member.objects.lock(member_id)
    if not can_name_keepers(by, member):
        raise PermissionDenied
    return member


@transaction.atomic
def add_keeper(*, member_id: int, offer: str, by: Actor) -> Keeper:
    """Put the person whom `finding.look_up` found on the desk, at once, and tell them by mail.

    Raises `PermissionDenied` for all but the member's contacts; `ValidationError`: the offer is
    stale or not the actor's, the person is there already.
    """
    member = _lock(member_id, by)
    found = read_offer(offer, member_id=member_id, by=by)
    _check_free(member, orcid=found.orcid, email=found.email)
    keeper = Keeper.objects.create(
        member=member,
        orcid=found.orcid,
        name=found.public_name,
        email=found.email,
        added_by=by.user,
    )
    queue_mail(
        kind=Mail.Kind.KEEPER_ADDED,
        to=keeper.email,
        member=member,
        context={
            "by": by.user,
            "url": site_url(reverse("tools:works", args=[member.slug])),
            "not_me_url": site_url(reverse("keeper_not_me", args=[not_me_token(keeper)])),
        },
    )
    Event.append(_event(Event.Kind.KEEPER_ADDED, keeper, by))
    return keeper


@transaction.atomic
def invite_keeper(*, member_id: int, email: str, by: Actor) -> Keeper:
    """Offer a place by a single-use link to the address: whoever follows it and signs in with ORCID
    proves mailbox and iD, and is on the desk then (C3).

    Raises `PermissionDenied`; `ValidationError`: there or invited already, too many mails.
    """
    member = _lock(member_id, by)
    email = email.strip().lower()
    _check_free(member, email=email)
    check_mail_rate(by, email)
    keeper = Keeper(member=member, email=email, added_by=by.user)
    _send(keeper, by)
    Event.append(_event(Event.Kind.KEEPER_INVITED, keeper, by))
    return keeper


@transaction.atomic
def invite_again(*, keeper_id: int, by: Actor) -> Keeper:
    """A new link for a new period; the old one dies. Raises as `invite_keeper`."""
    member_id = Keeper.objects.values_list("member", flat=True).get(pk=keeper_id)
    _lock(member_id, by)
    keeper = Keeper.objects.select_related("member").get(pk=keeper_id)
    if keeper.removed_at or keeper.orcid:
        raise ValidationError(_("This has been answered or withdrawn meanwhile."), code="closed")
    check_mail_rate(by, keeper.email)
    keeper.added_by = by.user
    _send(keeper, by)
    Event.append(_event(Event.Kind.KEEPER_INVITED, keeper, by, again=True))
    return keeper


@transaction.atomic
def remove_keeper(*, keeper_id: int, by: Actor) -> Keeper:
    """Take somebody off the desk, or an invitation back. Whoever is on it may leave by themselves.

    Raises `PermissionDenied`.
    """
    member_id = Keeper.objects.values_list("member", flat=True).get(pk=keeper_id)
    member = Member.objects.lock(member_id)
    keeper = Keeper.objects.select_related("member").get(pk=keeper_id)
    is_self = by.user is not None and by.reach is None and by.user.orcid == keeper.orcid
    if not (is_self and keeper.orcid) and not can_name_keepers(by, member):
        raise PermissionDenied
    if keeper.removed_at:
        return keeper
    _take_off(keeper)
    Event.append(_event(Event.Kind.KEEPER_REMOVED, keeper, by))
    return keeper


def _take_off(keeper: Keeper) -> None:
    keeper.removed_at, keeper.token_hash, keeper.expires_at = timezone.now(), None, None
    keeper.save(update_fields=["removed_at", "token_hash", "expires_at"])


def not_me_token(keeper: Keeper) -> str:
    """The signed key of a *this is not me* link, as contacts have one (C2)."""
    return signing.dumps([keeper.pk, keeper.email], salt=_NOT_ME)


def behind_not_me_link(token: str) -> Keeper:
    """Whom such a link is about. Raises `ValidationError`: it is not ours, or they are on the desk
    no longer."""
    try:
        pk, email = signing.loads(token, salt=_NOT_ME)
    except signing.BadSignature:
        raise ValidationError(_("This link is not complete."), code="dead") from None
    here = Keeper.objects.current().exclude(orcid="").filter(pk=pk, email=email)
    keeper = here.select_related("member", "added_by").first()
    if keeper is None:
        raise ValidationError(_("This has been done already."), code="gone")
    return keeper


@transaction.atomic
def disown(*, token: str) -> Keeper:
    """*This is not me*: off the desk by the mailed link alone, without signing in (C2). Raises as
    `behind_not_me_link`."""
    Member.objects.lock(behind_not_me_link(token).member_id)
    keeper = behind_not_me_link(token)
    _take_off(keeper)
    Event.append(_event(Event.Kind.KEEPER_REMOVED, keeper, Actor.system(), not_me=True))
    return keeper


def find_invitation(token: str) -> Keeper:
    """The live invitation behind a mailed link. Raises `ValidationError` with code `unknown` or
    `expired`."""
    keeper = (
        Keeper.objects.current()
        .filter(token_hash=token_hash(token))
        .select_related("member", "added_by")
        .first()
    )
    if keeper is None:
        raise ValidationError(_("This link does not work, or not any more."), code="unknown")
    # What a former contact has sent, and nobody has accepted, is withdrawn with them (R5).
    sender = keeper.added_by
    if sender is None or not can_name_keepers(Actor.contact(sender), keeper.member):
        raise ValidationError(_("This link does not work, or not any more."), code="unknown")
    if keeper.is_expired:
        raise ValidationError(_("This link has expired. Ask for a new one."), code="expired")
    return keeper


@transaction.atomic
def accept(*, token: str, by: Actor) -> Keeper:
    """The signed-in person takes the place; the link is used up. Raises as `find_invitation`,
    `PermissionDenied` without an iD."""
    person = by.user
    if person is None or not person.orcid:
        raise PermissionDenied
    Member.objects.lock(find_invitation(token).member_id)
    keeper = find_invitation(token)
    keeper.token_hash, keeper.expires_at = None, None
    others = Keeper.objects.current().filter(member=keeper.member_id, orcid=person.orcid)
    if (there := others.first()) is not None:
        # They are on the desk already, by another address: once is enough.
        keeper.removed_at = timezone.now()
        keeper.save(update_fields=["removed_at", "token_hash", "expires_at"])
        return there
    keeper.orcid, keeper.name = person.orcid, person.name
    keeper.save(update_fields=["orcid", "name", "token_hash", "expires_at"])
    Event.append(_event(Event.Kind.KEEPER_ADDED, keeper, by))
    return keeper


def follow_moved(*, old: str, new: str) -> None:
    """A person's iD has moved (C8), inside the caller's transaction: their places follow."""
    there = Keeper.objects.current().filter(orcid=new).values("member")
    Keeper.objects.current().filter(orcid=old, member__in=there).update(removed_at=timezone.now())
    Keeper.objects.filter(orcid=old).update(orcid=new)


def who_signed_in(keepers: Sequence[Keeper]) -> set[str]:
    """The iDs among these that their owners have proved here (C4)."""
    orcids = [keeper.orcid for keeper in keepers if keeper.orcid]
    return {
        str(orcid)
        for orcid in User.objects.filter(orcid__in=orcids).values_list("orcid", flat=True)
    }


def _check_free(member: Member, *, email: str, orcid: str = "") -> None:
    current = Keeper.objects.current().filter(member=member)
    if orcid and current.filter(orcid=orcid).exists():
        raise ValidationError(_("This person is on the desk already."), code="already_contact")
    if current.filter(email=email).exists():
        raise ValidationError(_("This address is on the list already."), code="already_invited")


def _send(keeper: Keeper, by: Actor) -> None:
    token = secrets.token_urlsafe(32)  # 256 bits
    keeper.token_hash = token_hash(token)
    keeper.expires_at = timezone.now() + datetime.timedelta(days=settings.INVITATION_DAYS)
    keeper.save()
    queue_mail(
        kind=Mail.Kind.KEEPER_INVITED,
        to=keeper.email,
        member=keeper.member,
        context={
            "keeper": keeper,
            "by": by.user,
            "url": site_url(reverse("keeper_invitation", args=[token])),
        },
    )


def _event(kind: Event.Kind, keeper: Keeper, by: Actor, **changes: object) -> Event:
    return Event(
        member_id=keeper.member_id,
        kind=kind,
        changes={"keeper": keeper.pk, **changes},
        personal={"name": keeper.name, "email": keeper.email, "orcid": keeper.orcid},
        actor=by.user,
        capacity=by.capacity,
    )
