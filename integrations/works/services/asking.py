"""A member asks people for permission, by mail: sent, sent again, reminded, withdrawn (O2, H6, H7).

`answering` has what follows.
"""

import datetime
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.letters import site_url
from contacts.models import Mail, User
from contacts.services.invitations import token_hash
from contacts.services.mails import queue_mail
from contacts.throttles import (
    ASKS_OF_MEMBER,
    ASKS_OF_PERSON,
    MAILS_TO_ADDRESS,
    Count,
    give_back,
    mailed_often,
    spend,
    too_many,
)
from integrations.works.models import Grant, PermissionRequest
from integrations.works.permissions import can_look_after_researchers
from integrations.works.services.grants import in_order
from members.actors import Actor
from members.dates import days_ago
from members.models import Event, Member

# As many people in one go: more is a file, and a day's work for the mail server.
MOST_AT_ONCE = 100
_AT_ONCE = 200


@dataclass
class Asked:
    """Whom a mail goes to now, and who was left out for which reason (`REASONS` of the form)."""

    sent: list[PermissionRequest] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def ask(
    *,
    member_id: int,
    emails: Sequence[str],
    purposes: Collection[str],
    by: Actor,
    words: str = "",
    language: str = "",
) -> Asked:
    """Ask each of these addresses for the permissions, one mail for each person.

    Left out: `asked`, an open request to the address or person; `given`, everything asked for was
    given; `often`, the address has had many mails from here today, whoever sent them.

    Raises `PermissionDenied` for all but the member's own contacts; `ValidationError`: not a member
    today, nothing asked for, too many at once or within a day.
    """
    member = Member.objects.lock(member_id)
    if not can_look_after_researchers(by, member):
        raise PermissionDenied
    wanted = in_order(purposes)
    addresses = list(dict.fromkeys(email.strip().lower() for email in emails))
    _check(member, wanted, len(addresses), by)
    asked = Asked()
    people = _people_of(addresses)
    for email in addresses:
        person = people.get(email)
        if reason := _left_out(member, email, person, wanted):
            asked.left_out.append((email, reason))
            _uncount(member, by)
            continue
        row = PermissionRequest(
            member=member,
            email=email,
            person=person,
            purposes=wanted,
            words=words.strip(),
            language=language,
            sent_by=by.user,
        )
        _send(row, by)
        asked.sent.append(row)
    Event.append(*(ask_event(Event.Kind.PERMISSION_ASKED, row, by) for row in asked.sent))
    return asked


def _check(member: Member, wanted: list[str], count: int, by: Actor) -> None:
    if not wanted:
        raise ValidationError(_("Choose what you ask for."), code="nothing")
    if not Member.objects.active().filter(pk=member.pk).exists():
        raise ValidationError(_("Only a member of today can ask for permission."), code="ended")
    if count > MOST_AT_ONCE:
        raise ValidationError(
            _("At most %(most)s addresses at once."), code="many", params={"most": MOST_AT_ONCE}
        )
    if wait := spend(*_counts(member, by), more=count):
        text = _(
            "That would be more such mails within a day than are sent. Please go on in %(wait)s."
        )
        raise too_many(wait, text)


def _counts(member: Member, by: Actor) -> list[Count]:
    """Mails of a day, those sent again too: of the member, and of the person at all members."""
    own: list[Count] = [(ASKS_OF_PERSON, by.user.pk)] if by.user else []
    return [(ASKS_OF_MEMBER, member.pk), *own]


def _uncount(member: Member, by: Actor) -> None:
    """One that is not sent after all."""
    give_back(*_counts(member, by))


def _people_of(addresses: list[str]) -> dict[str, User]:
    """Who proved which address here. The member is not told (A8)."""
    proved = EmailAddress.objects.filter(email__in=addresses, verified=True)
    proved = proved.exclude(user__orcid=None).select_related("user")
    return {found.email: found.user for found in proved}


def _left_out(member: Member, email: str, person: User | None, wanted: list[str]) -> str:
    is_asked = PermissionRequest.objects.open().filter(member=member)
    if is_asked.filter(email=email).exists():
        return "asked"
    if person is not None:
        if is_asked.filter(person=person).exists():
            return "asked"
        given = Grant.objects.current().of(person).to(member).values_list("purpose", flat=True)
        if set(wanted) <= set(given):
            return "given"
    return "often" if spend((MAILS_TO_ADDRESS, email)) else ""


def _send(row: PermissionRequest, by: Actor) -> None:
    """Give the request a fresh token and period and queue its mail; older links die."""
    token = secrets.token_urlsafe(32)  # 256 bits
    now = timezone.now()
    row.token_hash, row.sent_at = token_hash(token), now
    row.expires_at = expires(now)
    row.mail = None
    row.save()
    mail = queue_mail(
        kind=Mail.Kind.PERMISSION_ASKED,
        to=row.email,
        member=row.member,
        context=letter_context(row, by.user, site_url(reverse("permission_request", args=[token]))),
    )
    PermissionRequest.objects.filter(pk=row.pk).update(mail=mail)
    row.mail = mail


def expires(sent_at: datetime.datetime) -> datetime.datetime:
    """Until when a link works that is sent then."""
    return sent_at + datetime.timedelta(days=settings.INVITATION_DAYS)


def letter_context(row: PermissionRequest, by: User | None, url: str) -> dict[str, object]:
    """What `mail/permission_asked` says; also for the preview, where the link leads nowhere."""
    return {"request_": row, "by": by, "url": url, "is_reminder": row.reminded_at is not None}


def ask_event(kind: Event.Kind, row: PermissionRequest, by: Actor, **changes: object) -> Event:
    """What happened to a request; not yet written. Whose the address is stays untold."""
    return Event(
        member_id=row.member_id,
        kind=kind,
        changes={"permission_request": row.pk, "purposes": [[], row.purposes], **changes},
        personal={"email": row.email},
        actor=by.user,
        capacity=by.capacity,
    )


@transaction.atomic
def ask_again(*, request_id: int, by: Actor) -> PermissionRequest:
    """A new link for a new period, also for somebody who had said no; the old link dies.

    Raises `PermissionDenied`; `ValidationError`: given meanwhile, asked by another request, too many.
    """
    row = _lock(request_id, by)
    if row.outcome == PermissionRequest.Status.GIVEN:
        raise ValidationError(_("This permission has been given."), code="given")
    others = PermissionRequest.objects.open().filter(member=row.member, email=row.email)
    if row.closed_at and others.exists():
        raise ValidationError(_("A newer request to this address is open."), code="asked")
    _check(row.member, row.purposes, 1, by)
    if wait := spend((MAILS_TO_ADDRESS, row.email)):
        _uncount(row.member, by)
        raise mailed_often(row.email, wait)
    _withdraw_mail(row)
    row.closed_at, row.outcome, row.reminded_at = None, "", None
    row.sent_by = by.user
    _send(row, by)
    Event.append(ask_event(Event.Kind.PERMISSION_ASKED, row, by, again=True))
    return row


@transaction.atomic
def withdraw(*, request_id: int, by: Actor) -> PermissionRequest:
    """Close an open request; its link stops working. Raises as `ask_again`."""
    row = _lock(request_id, by)
    if row.closed_at:
        raise ValidationError(_("This has been answered or withdrawn meanwhile."), code="closed")
    _withdraw_mail(row)
    close(row, PermissionRequest.Status.WITHDRAWN)
    Event.append(ask_event(Event.Kind.PERMISSION_UNASKED, row, by))
    return row


def remind_due() -> int:
    """For beat: one reminder to each who has not answered for some days; how many.

    Whoever said no is never reminded.
    """
    if not settings.PERMISSION_REMIND_DAYS:
        return 0
    since = days_ago("PERMISSION_REMIND_DAYS")
    due = PermissionRequest.objects.live().filter(sent_at__lt=since, reminded_at=None)
    keys = due.order_by("sent_at", "pk").values_list("pk", flat=True)[:_AT_ONCE]
    return sum(_remind(key) for key in list(keys))


@transaction.atomic
def _remind(request_id: int) -> bool:
    member_id = PermissionRequest.objects.values_list("member", flat=True).get(pk=request_id)
    member = Member.objects.lock(member_id)
    live = PermissionRequest.objects.live().filter(pk=request_id, reminded_at=None)
    row = live.select_related("member").first()
    if row is None or not Member.objects.active().filter(pk=member.pk).exists():
        return False
    _withdraw_mail(row)
    row.reminded_at = timezone.now()
    by = Actor.system()
    _send(row, by)
    Event.append(ask_event(Event.Kind.PERMISSION_ASKED, row, by, again=True))
    return True


def _lock(request_id: int, by: Actor) -> PermissionRequest:
    member_id = PermissionRequest.objects.values_list("member", flat=True).get(pk=request_id)
    member = Member.objects.lock(member_id)
    if not can_look_after_researchers(by, member):
        raise PermissionDenied
    return PermissionRequest.objects.select_related("member").get(pk=request_id)


def _withdraw_mail(row: PermissionRequest) -> None:
    """A mail that has not left yet stays here, without its link."""
    Mail.objects.filter(pk=row.mail_id or 0, state=Mail.State.QUEUED).update(
        state=Mail.State.WITHDRAWN, text="", html=""
    )


def close(row: PermissionRequest, outcome: PermissionRequest.Status) -> None:
    """Store how it ended, and with it whose it was."""
    row.closed_at, row.outcome = timezone.now(), outcome
    row.save(update_fields=["closed_at", "outcome", "person"])
