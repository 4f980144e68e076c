"""Columns that follow from the history, and that the services set to now: dated like their event."""

import datetime

from django.conf import settings
from django.db.models import F, Min

from contacts.models import (
    Announcement,
    Confirmation,
    ConfirmationRound,
    Contact,
    ContactImport,
    HelpRequest,
    Invitation,
    Mail,
)
from integrations.works.models import Grant, MemberWork, PermissionRequest
from integrations.works.services.asking import expires
from members.models import Event, Member
from portal.demo.past import rows

_Kind = Event.Kind
WEEK = datetime.timedelta(days=7)


def settle() -> None:
    _members()
    _former_contacts()
    _records()
    _invitations()
    for begun in ConfirmationRound.objects.all():
        _round(begun)
    _requests()
    _announcements()
    _publications()
    # It comes last: by then every mail has its date.
    _mails()


def _members() -> None:
    for member in Member.objects.all():
        last = member.events.order_by("-created_at").first()
        dates = {"updated_at": last.created_at} if last else {}
        if member.trademark_answered_at:
            dates["trademark_answered_at"] = member.created_at
        if confirmed := member.events.filter(kind=_Kind.CONFIRMED).order_by("-pk").first():
            dates["confirmed_at"] = confirmed.created_at
        rows("members.Member").filter(pk=member.pk).update(**dates)


def _former_contacts() -> None:
    for contact in Contact.objects.exclude(removed_at=None):
        gone = contact.member.events.filter(
            kind__in=["contact_left", "contact_removed"], changes__contact=contact.pk
        ).first()
        if gone:
            rows("contacts.Contact").filter(pk=contact.pk).update(removed_at=gone.created_at)


def _records() -> None:
    for event in Event.objects.filter(kind=_Kind.RECORD_FLAGGED):
        flagged = rows("contacts.Contact").filter(pk=event.changes["contact"])
        flagged.update(record_checked_at=event.created_at)


def _invitations() -> None:
    for invitation in Invitation.objects.exclude(sent_at=None):
        invitation.sent_at = invitation.created_at
        invitation.expires_at = invitation.created_at + datetime.timedelta(
            days=settings.INVITATION_DAYS
        )
        if invitation.closed_at:
            invitation.closed_at = invitation.created_at + datetime.timedelta(days=10)
        invitation.save(update_fields=["sent_at", "expires_at", "closed_at"])
    ContactImport.objects.update(finished_at=F("created_at"))


def _round(begun: ConfirmationRound) -> None:
    started = begun.started_at
    closed = Event.objects.filter(kind=_Kind.ROUND_CLOSED, changes__round=begun.pk).first()
    rows("contacts.ConfirmationRound").filter(pk=begun.pk).update(
        closed_at=closed.created_at if closed else None
    )
    asked = begun.confirmations.exclude(asked_at=None)
    asked.update(asked_at=started)
    asked.filter(reminders__gt=0).update(reminded_at=started + WEEK)
    asked.exclude(due_at=None).update(due_at=started + 2 * WEEK)
    for row in begun.confirmations.exclude(confirmed_at=None):
        _confirmation(row, started)


def _confirmation(row: Confirmation, started: datetime.datetime) -> None:
    events = Event.objects.filter(kind=_Kind.CONFIRMED, member=row.member_id)
    when = events.filter(created_at__gte=started).aggregate(first=Min("created_at"))["first"]
    rows("contacts.Confirmation").filter(pk=row.pk).update(confirmed_at=when)


def _requests() -> None:
    for request in HelpRequest.objects.all():
        last = request.messages.order_by("-pk").first()
        rows("contacts.HelpRequest").filter(pk=request.pk).update(
            proved_at=request.created_at,
            closed_at=last.created_at if last and request.closed_at else None,
        )


def _announcements() -> None:
    for event in Event.objects.filter(kind=_Kind.ANNOUNCEMENT_SENT):
        when = event.created_at
        rows("contacts.Announcement").filter(
            pk=event.changes["announcement"], state=Announcement.State.SENT
        ).update(started_at=when, queued_at=when, finished_at=when)


def _publications() -> None:
    for request in PermissionRequest.objects.all():
        request.sent_at = request.created_at
        request.expires_at = expires(request.sent_at)
        if request.closed_at:
            given = Grant.objects.filter(person=request.person_id, member=request.member_id)
            request.closed_at = given.earliest("given_at").given_at
        request.save(update_fields=["sent_at", "expires_at", "closed_at"])
    sent_in = Event.objects.filter(kind=_Kind.WORK_CHANGED, changes__asked=True)
    asked = dict(sent_in.values_list("changes__work", "created_at"))
    for work in MemberWork.objects.all():
        last = Event.objects.filter(member=work.member_id, changes__work=work.pk).latest("pk")
        rows("works.MemberWork").filter(pk=work.pk).update(
            updated_at=last.created_at, asked_at=asked.get(work.pk) if work.asked_at else None
        )


def _mails() -> None:
    """The mails of the past count as sent. Those of invitations and requests that are still open,
    and of a recovery that waits, go out when a worker runs: whoever looks at the demo can follow
    them."""
    live = Invitation.objects.live().values("pk")
    # None among them would leave every mail out.
    asks = PermissionRequest.objects.live().filter(mail__isnull=False).values("mail")
    waits = Mail.objects.filter(kind=Mail.Kind.RECOVERY_STARTED).values("pk")
    past = Mail.objects.exclude(invitation__in=live).exclude(pk__in=waits).exclude(pk__in=asks)
    past.exclude(state=Mail.State.FAILED).update(
        state=Mail.State.SENT, sent_at=F("created_at"), attempts=1, text="", html=""
    )
