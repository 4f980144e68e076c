"""Kept no longer than needed: what is over is erased when its time has come (rules H7, C5)."""

import datetime
from collections import defaultdict
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import (
    AgreementRecord,
    Contact,
    HelpRequest,
    Invitation,
    LeadChange,
    Mail,
    OrcidReport,
    Recovery,
    User,
)
from integrations.orcid.models import Connection
from members.actors import Actor
from members.models import Event, Member
from members.permissions import require_trusted
from members.services.erasure import erase_personal

AT_ONCE = 500
_Kind = Event.Kind
# What the history says of people who need not be contacts, and for how many days.
_BY_AGE = [
    ("RETAIN_DEAD_INVITATIONS_DAYS", [_Kind.ADDRESS_LOOKED_UP]),
    ("RETAIN_MAIL_LOG_DAYS", [_Kind.EXPORTED, _Kind.CONTACTS_IMPORTED]),
    (
        "RETAIN_HELP_REQUESTS_DAYS",
        [
            _Kind.REQUEST_OPENED,
            _Kind.REQUEST_CHANGED,
            _Kind.RECOVERY_STARTED,
            _Kind.RECOVERY_OBJECTED,
            _Kind.RECOVERY_DONE,
            _Kind.RECOVERY_CANCELLED,
        ],
    ),
]


def erase_expired() -> None:
    """Erase all that is older than the settings allow. Each step is its own transaction, and what
    one day does not finish the next one does."""
    erase_former_contacts()
    erase_dead_invitations()
    erase_help_requests()
    erase_recoveries()
    erase_old_mails()
    erase_reports()
    erase_by_age()
    erase_former_agreements()
    empty_former_users()


def _before(setting: str) -> datetime.datetime:
    days: int = getattr(settings, setting)
    return timezone.now() - datetime.timedelta(days=days)


def erase_former_contacts() -> None:
    over = Contact.objects.filter(removed_at__lt=_before("RETAIN_FORMER_CONTACTS_DAYS"))
    # A recovery that is still open names somebody: it ends first.
    waiting = Recovery.objects.filter(closed_at=None, contact=OuterRef("pk"))
    for pk in list(over.exclude(Exists(waiting)).values_list("pk", flat=True)[:AT_ONCE]):
        erase_former_contact(contact_id=pk, by=Actor.system())


@transaction.atomic
def erase_former_contact(*, contact_id: int, by: Actor) -> None:
    """Delete a removed contact's row (C5) and empty what the history says of the person (H4).

    Roles, dates and keys stay in the history. Raises `Contact.DoesNotExist` for a current one,
    `ValidationError` while a recovery that names them is open, `PermissionDenied` for all but the
    operator and the system.
    """
    require_trusted(by)
    former = Contact.objects.filter(removed_at__isnull=False)
    member = Member.objects.lock(former.values_list("member", flat=True).get(pk=contact_id))
    contact = former.get(pk=contact_id)
    if contact.recoveries.filter(closed_at=None).exists():
        raise ValidationError(_("A recovery names this person. Decide it first."), code="recovery")
    invitations = _keys(Invitation.objects.filter(contact=contact))
    concerning = Event.objects.filter(
        Q(changes__contact=contact_id)
        | Q(changes__invitation__in=invitations)
        | Q(changes__lead_change__in=_keys(contact.lead_changes.all()))
    )
    contact.recoveries.all().delete()
    Invitation.objects.filter(pk__in=invitations).delete()
    contact.delete()
    also = {member.pk: {"contacts": [contact_id], "invitations": invitations}}
    erase_personal(events=concerning, by=by, also=also)


def erase_dead_invitations() -> None:
    """Those withdrawn, declined or expired so long ago; an accepted one goes with its contact.

    One brought in from a file that nobody sends is kept for as long as a former contact.
    """
    limit = _before("RETAIN_DEAD_INVITATIONS_DAYS")
    unanswered = [Invitation.Status.WITHDRAWN, Invitation.Status.DECLINED]
    waiting = Recovery.objects.filter(closed_at=None, invitation=OuterRef("pk"))
    dead = Invitation.objects.exclude(Exists(waiting)).filter(
        Q(closed_at__lt=limit, outcome__in=unanswered)
        | Q(closed_at=None, expires_at__lt=limit)
        | Q(sent_at=None, created_at__lt=_before("RETAIN_FORMER_CONTACTS_DAYS"))
    )
    by_member: dict[int, list[int]] = defaultdict(list)
    for member, pk in dead.order_by("pk").values_list("member", "pk")[:AT_ONCE]:
        by_member[member].append(pk)
    for member, keys in by_member.items():
        _erase_invitations(member, keys)


@transaction.atomic
def _erase_invitations(member_id: int, keys: list[int]) -> None:
    Member.objects.lock(member_id)
    lead_changes = _keys(LeadChange.objects.filter(invitation__in=keys))
    concerning = Event.objects.filter(
        Q(changes__invitation__in=keys) | Q(changes__lead_change__in=lead_changes)
    )
    Invitation.objects.filter(pk__in=keys).delete()
    erase_personal(events=concerning, by=Actor.system(), also={member_id: {"invitations": keys}})


@transaction.atomic
def erase_help_requests() -> None:
    """Closed so long ago, or never proved."""
    closed = Q(closed_at__lt=_before("RETAIN_HELP_REQUESTS_DAYS"))
    unproved = Q(
        state=HelpRequest.State.UNPROVED, created_at__lt=_before("RETAIN_DEAD_INVITATIONS_DAYS")
    )
    keys = _keys(HelpRequest.objects.filter(closed | unproved))
    HelpRequest.objects.filter(pk__in=keys).delete()
    erase_personal(events=Event.objects.filter(changes__help_request__in=keys), by=Actor.system())


def erase_recoveries() -> None:
    """Decided so long ago: whom they named, by address too, and what was said of it."""
    over = Recovery.objects.filter(closed_at__lt=_before("RETAIN_HELP_REQUESTS_DAYS"))
    Recovery.objects.filter(pk__in=_keys(over)).delete()


def erase_reports() -> None:
    """What *Tell ORCID* said of people so long ago; that it was told, and when, stays."""
    old = OrcidReport.objects.filter(sent_at__lt=_before("RETAIN_MAIL_LOG_DAYS"))
    old.exclude(text="").update(text="")


def erase_old_mails() -> None:
    """The log of what was delivered. What has not left yet stays, however old."""
    under_way = [Mail.State.QUEUED, Mail.State.SENDING]
    old = Mail.objects.filter(created_at__lt=_before("RETAIN_MAIL_LOG_DAYS"))
    Mail.objects.filter(pk__in=_keys(old.exclude(state__in=under_way))).delete()


def erase_by_age() -> None:
    """People that the history names without their being contacts."""
    for setting, kinds in _BY_AGE:
        old = Event.objects.filter(kind__in=kinds, created_at__lt=_before(setting))
        named = old.filter(personal__isnull=False).order_by("pk").values_list("pk", flat=True)
        keys = list(named[:AT_ONCE])
        erase_personal(events=Event.objects.filter(pk__in=keys), by=Actor.system())


def erase_former_agreements() -> None:
    """Who signed for a member that has no agreement record any more."""
    kinds = [Event.Kind.AGREEMENT_RECORDED, Event.Kind.AGREEMENT_REMOVED]
    limit = _before("RETAIN_FORMER_CONTACTS_DAYS")
    recorded = AgreementRecord.objects.values("member")
    old = Event.objects.filter(kind__in=kinds, created_at__lt=limit).exclude(member__in=recorded)
    erase_personal(events=old, by=Actor.system())


def empty_former_users() -> None:
    """Accounts of people who are no contact anywhere, nor were of late, and did not sign in.

    Whoever has connected ORCID is served without signing in, and keeps the account until they, or
    ORCID, end that.
    """
    limit = _before("RETAIN_FORMER_CONTACTS_DAYS")
    over = User.objects.filter(orcid__isnull=False, is_staff=False, date_joined__lt=limit)
    over = over.filter(Q(last_login=None) | Q(last_login__lt=limit))
    contacts = Contact.objects.filter(orcid=OuterRef("orcid"))
    ended = [Connection.State.ENDING, Connection.State.ENDED]
    connected = Connection.objects.filter(orcid=OuterRef("orcid")).exclude(state__in=ended)
    for pk in _keys(over.exclude(Exists(contacts)).exclude(Exists(connected))):
        empty_user(user_id=pk, by=Actor.system())


@transaction.atomic
def empty_user(*, user_id: int, by: Actor) -> None:
    """Empty and close an account; the row stays, as history points at it (H4).

    Whoever signs in again with the same iD begins anew. Readers of the feed are told at each member
    at which the person acted.
    """
    require_trusted(by)
    user = User.objects.select_for_update().get(pk=user_id)
    acted = Event.objects.filter(actor=user, member__isnull=False).order_by()
    members = list(acted.values_list("member_id", flat=True).distinct())
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.orcid, user.is_active = None, False
    user.name = user.first_name = user.last_name = user.email = ""
    user.set_unusable_password()
    user.save()
    also = {member: {"actors": [user.username]} for member in members if member}
    erase_personal(events=Event.objects.none(), by=by, also=also)


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
