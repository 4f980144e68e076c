"""Loads the demo consortium: what happened, one step after the other, through the services."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contacts.models import Contact, Invitation, Mail, User
from members.models import Consortium, Member
from portal.demo import data, events
from portal.demo.past import Past, rows

Step = Callable[[], object]


def is_loaded() -> bool:
    return Consortium.objects.filter(slug=data.demo()["consortium"]["slug"]).exists()


def database_is_empty() -> bool:
    return not any(model.objects.exists() for model in (Consortium, Member, User))


@transaction.atomic
def load(*, operator_password: str) -> None:
    """Everything or nothing. The mails of the past count as sent; those of invitations that are
    still open are delivered when a worker runs."""
    story = Story()
    for person in data.people().values():
        story.add(person.get("first_signed_in"), events.first_sign_in(person))
    story.add(LONG_AGO, events.found_consortium(data.demo()["consortium"]))
    story.add(LONG_AGO, events.make_operator(data.demo()["operator"], operator_password))
    for member in data.demo()["members"]:
        _tell(story, member)
    story.happen()
    _settle_members()
    _settle_invitations()
    _settle_mails()


MINUTE = datetime.timedelta(minutes=1)
LONG_AGO = 1600  # days: before the first member joined


@dataclass
class Story:
    """Steps by the day on which they happened; on one day, in the order in which they were told."""

    steps: list[tuple[int, Step]] = field(default_factory=list)

    def add(self, ago: int | None, step: Step | None) -> None:
        if ago is not None and step is not None:
            self.steps.append((ago, step))

    def happen(self) -> None:
        past, now = Past(), timezone.now()
        moment = now - datetime.timedelta(days=LONG_AGO + 1)
        for number, (ago, step) in enumerate(sorted(self.steps, key=lambda pair: -pair[0])):
            step()
            day = now - datetime.timedelta(days=ago)
            at_work = day.replace(hour=8 + number % 9, minute=number * 7 % 60)
            # The order of events is that of their dates.
            moment = max(moment + MINUTE, at_work) if ago else now
            past.date_new_rows(moment)


def _tell(story: Story, member: data.MemberEntry) -> None:
    key, joined = member["key"], member["joined"]
    start = None if joined is None else _day(joined)
    # When the start is unknown or lies ahead, the member was entered with its first contact.
    entered = joined if joined and joined > 0 else max(c["since"] for c in member["contacts"])
    story.add(entered, events.register(member, start))
    for contact in member["contacts"]:
        _tell_contact(story, key, contact)
    for invitation in member.get("invitations", []):
        story.add(invitation["sent"], events.invite(key, invitation))
        story.add(invitation.get("withdrawn"), events.withdraw(key, invitation))
    for edit in member.get("edits", []):
        story.add(edit["ago"], events.edit(key, edit))
    if agreement := member.get("agreement"):
        signed = _day(agreement["signed"])
        story.add(agreement["ago"], events.record_agreement(key, agreement, signed))
    if end := member.get("ended"):
        story.add(end["ago"], events.end(key, _day(end["ago"]), end["reason"]))


def _tell_contact(story: Story, key: str, contact: data.ContactEntry) -> None:
    story.add(contact["since"], events.add_contact(key, contact))
    if desk := contact.get("desk"):
        story.add(contact["since"], events.seat(key, contact["person"], desk))
    if becomes := contact.get("becomes"):
        for role in becomes["roles"]:
            story.add(becomes["ago"], events.hand_over(key, contact["person"], role))
    story.add(contact.get("left"), events.leave(key, contact["person"]))
    if removed := contact.get("removed"):
        story.add(removed["ago"], events.remove(key, contact["person"], removed["by"]))


def _day(ago: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=ago)


def _settle_members() -> None:
    """Columns that follow from the history, and that the services set to now."""
    for member in Member.objects.all():
        last = member.events.order_by("-created_at").first()
        dates = {"updated_at": last.created_at} if last else {}
        if member.trademark_answered_at:
            dates["trademark_answered_at"] = member.created_at
        rows("members.Member").filter(pk=member.pk).update(**dates)
    for contact in Contact.objects.exclude(removed_at=None):
        gone = contact.member.events.filter(
            kind__in=["contact_left", "contact_removed"], changes__contact=contact.pk
        ).first()
        if gone:
            rows("contacts.Contact").filter(pk=contact.pk).update(removed_at=gone.created_at)


def _settle_invitations() -> None:
    for invitation in Invitation.objects.all():
        invitation.sent_at = invitation.created_at
        invitation.expires_at = invitation.created_at + datetime.timedelta(
            days=settings.INVITATION_DAYS
        )
        if invitation.closed_at:
            invitation.closed_at = invitation.created_at + datetime.timedelta(days=10)
        invitation.save(update_fields=["sent_at", "expires_at", "closed_at"])


def _settle_mails() -> None:
    live = Invitation.objects.live().values("pk")
    for mail in Mail.objects.exclude(invitation__in=live):
        mail.state, mail.sent_at, mail.attempts = Mail.State.SENT, mail.created_at, 1
        mail.text = mail.html = ""
        mail.save(update_fields=["state", "sent_at", "attempts", "text", "html"])
