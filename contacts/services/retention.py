"""Kept no longer than needed: what is over is erased when its time has come (rules H7, C5)."""

import logging
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from contacts import signals
from contacts.models import (
    AgreementRecord,
    ApiToken,
    AssertedAffiliation,
    Contact,
    HelpRequest,
    Invitation,
    LeadChange,
    Mail,
    OrcidReport,
    Recovery,
    Run,
    User,
)
from contacts.services import _belongings as belongings
from contacts.services import erasing
from contacts.services._wiping import GONE
from contacts.services.lost_files import forget_lost_files
from contacts.traces import Erased, traces_of
from integrations.orcid.models import Connection
from members.actors import Actor
from members.dates import days_ago
from members.models import Event, Member
from members.permissions import require_trusted
from members.services.erasure import erase_personal

log = logging.getLogger(__name__)
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
    one day does not finish the next one does; one that fails keeps none of the others."""
    for step in (
        erase_former_contacts,
        erase_dead_invitations,
        erase_help_requests,
        erase_recoveries,
        erase_old_mails,
        erase_reports,
        erase_by_age,
        erase_former_agreements,
        erase_admin_log,
        erase_said_affiliations,
        erase_tokens,
        erase_jobs,
        empty_former_users,
        forget_lost_files,
    ):
        _go_on_after(step)


def _go_on_after(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        log.exception("What has run out could not be erased: %s.", step)


def erase_former_contacts() -> None:
    over = Contact.objects.filter(removed_at__lt=days_ago("RETAIN_FORMER_CONTACTS_DAYS"))
    # A recovery that is still open names somebody: it ends first.
    waiting = Recovery.objects.filter(closed_at=None, contact=OuterRef("pk"))
    for pk in list(over.exclude(Exists(waiting)).values_list("pk", flat=True)[:AT_ONCE]):
        _go_on_after(partial(erase_former_contact, contact_id=pk, by=Actor.system()))


@transaction.atomic
def erase_former_contact(*, contact_id: int, by: Actor) -> None:
    """Delete a removed contact's row (C5) and empty what the history says of the person (H4).

    Roles, dates and keys stay in the history. Raises `Contact.DoesNotExist` for a current one,
    `ValidationError` while a recovery that names them is open, `PermissionDenied` for all but the
    operator and the system.
    """
    require_trusted(by)
    former = Contact.objects.filter(removed_at__isnull=False)
    Member.objects.lock(former.values_list("member", flat=True).get(pk=contact_id))
    contact = former.get(pk=contact_id)
    if contact.recoveries.filter(closed_at=None).exists():
        raise ValidationError(_("A recovery names this person. Decide it first."), code="recovery")
    gone = Erased()
    traces = traces_of([], [contact])
    news = belongings.erase_contacts([contact], gone)
    if by.is_operator and not _is_here_otherwise(contact):
        # Asked for: what names the person elsewhere does not wait for its own time.
        erasing.erase_traces(traces, gone, {Contact: [contact_id]})
    erase_personal(events=Event.objects.filter(pk__in=gone.events), by=by, also=gone.also)
    Event.append(*news)


def _is_here_otherwise(contact: Contact) -> bool:
    others = Contact.objects.filter(orcid=contact.orcid).exclude(pk=contact.pk)
    return others.exists() or User.objects.filter(orcid=contact.orcid).exists()


def erase_dead_invitations() -> None:
    """Those withdrawn, declined or expired so long ago; an accepted one goes with its contact.

    One brought in from a file that nobody sends is kept for as long as a former contact.
    """
    limit = days_ago("RETAIN_DEAD_INVITATIONS_DAYS")
    unanswered = [Invitation.Status.WITHDRAWN, Invitation.Status.DECLINED]
    waiting = Recovery.objects.filter(closed_at=None, invitation=OuterRef("pk"))
    dead = Invitation.objects.exclude(Exists(waiting)).filter(
        Q(closed_at__lt=limit, outcome__in=unanswered)
        | Q(closed_at=None, expires_at__lt=limit)
        | Q(sent_at=None, created_at__lt=days_ago("RETAIN_FORMER_CONTACTS_DAYS"))
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
    closed = Q(closed_at__lt=days_ago("RETAIN_HELP_REQUESTS_DAYS"))
    unproved = Q(
        state=HelpRequest.State.UNPROVED, created_at__lt=days_ago("RETAIN_DEAD_INVITATIONS_DAYS")
    )
    keys = _keys(HelpRequest.objects.filter(closed | unproved))
    HelpRequest.objects.filter(pk__in=keys).delete()
    erase_personal(events=Event.objects.filter(changes__help_request__in=keys), by=Actor.system())


def erase_recoveries() -> None:
    """Decided so long ago: whom they named, by address too, and what was said of it."""
    over = Recovery.objects.filter(closed_at__lt=days_ago("RETAIN_HELP_REQUESTS_DAYS"))
    Recovery.objects.filter(pk__in=_keys(over)).delete()


def erase_reports() -> None:
    """What *Tell ORCID* said of people so long ago; that it was told, and when, stays."""
    old = OrcidReport.objects.filter(sent_at__lt=days_ago("RETAIN_MAIL_LOG_DAYS"))
    old.exclude(text="").update(text="")


def erase_old_mails() -> None:
    """The log of what was delivered. What has not left yet stays, however old."""
    old = Mail.objects.filter(created_at__lt=days_ago("RETAIN_MAIL_LOG_DAYS"))
    Mail.objects.filter(pk__in=_keys(old.exclude(state__in=Mail.UNDER_WAY))).delete()


def erase_by_age() -> None:
    """People that the history names without their being contacts."""
    for setting, kinds in _BY_AGE:
        old = Event.objects.filter(kind__in=kinds, created_at__lt=days_ago(setting))
        named = old.filter(personal__isnull=False).order_by("pk").values_list("pk", flat=True)
        keys = list(named[:AT_ONCE])
        erase_personal(events=Event.objects.filter(pk__in=keys), by=Actor.system())


def erase_former_agreements() -> None:
    """Who signed for a member that has no agreement record any more."""
    kinds = [Event.Kind.AGREEMENT_RECORDED, Event.Kind.AGREEMENT_REMOVED]
    limit = days_ago("RETAIN_FORMER_CONTACTS_DAYS")
    recorded = AgreementRecord.objects.values("member")
    old = Event.objects.filter(kind__in=kinds, created_at__lt=limit).exclude(member__in=recorded)
    erase_personal(events=old, by=Actor.system())


def empty_former_users() -> None:
    """Accounts of people who are no contact anywhere, nor were of late, and did not sign in.

    Whoever has connected ORCID is served without signing in, and keeps the account until they, or
    ORCID, end that; so does whoever other rooms name (`signals.people_in_use`).
    """
    limit = days_ago("RETAIN_FORMER_CONTACTS_DAYS")
    over = User.objects.filter(emptied_at=None, closing__isnull=True, became=None, is_staff=False)
    over = over.filter(date_joined__lt=limit)
    over = over.filter(Q(last_login=None) | Q(last_login__lt=limit))
    contacts = Contact.objects.filter(orcid=OuterRef("orcid"))
    ended = [Connection.State.ENDING, Connection.State.ENDED]
    connected = Connection.objects.filter(orcid=OuterRef("orcid")).exclude(state__in=ended)
    over = over.exclude(Exists(contacts)).exclude(Exists(connected))
    answers: list[tuple[Any, Any]] = signals.people_in_use.send(sender=User)
    for _receiver, orcids in answers:
        over = over.exclude(orcid__isnull=False, orcid__in=orcids)
    for pk in _keys(over):
        _go_on_after(partial(erasing.erase_person, user_id=pk, by=Actor.system()))


def erase_admin_log() -> None:
    """What the operator's pages called the rows that were changed there so long ago."""
    old = LogEntry.objects.filter(action_time__lt=days_ago("RETAIN_FORMER_CONTACTS_DAYS"))
    old.exclude(object_repr=GONE).update(object_repr=GONE, change_message="")


def erase_said_affiliations() -> None:
    """What an institution's sign-in said of people, and has not said for so long."""
    limit = days_ago("RETAIN_FORMER_CONTACTS_DAYS")
    AssertedAffiliation.objects.filter(until__lt=limit).delete()


def erase_tokens() -> None:
    """Tokens that are over for so long; the history keeps that there was one, without its name."""
    limit = days_ago("RETAIN_FORMER_CONTACTS_DAYS")
    over = ApiToken.objects.filter(Q(revoked_at__lt=limit) | Q(expires_at__lt=limit))
    keys = _keys(over)
    kinds = [Event.Kind.TOKEN_MADE, Event.Kind.TOKEN_REVOKED]
    with transaction.atomic():
        ApiToken.objects.filter(pk__in=keys).delete()
        about = Event.objects.filter(kind__in=kinds, changes__token__in=keys)
        erase_personal(events=about, by=Actor.system())


def erase_jobs() -> None:
    """Jobs of desks that ended so long ago: what came of them names people."""
    over = Run.objects.exclude(consortium=None)
    Run.objects.filter(
        pk__in=_keys(over.filter(finished_at__lt=days_ago("RETAIN_MAIL_LOG_DAYS")))
    ).delete()


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
