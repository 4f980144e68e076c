"""How far each invitation of an import has come, annotated in the database for lists and counts."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import ContactImport, ImportedContact, Invitation, Mail
from members.models import Member


class Progress(TextChoices):
    DRAFT = "draft", _("Not sent yet")
    SENDING = "sending", _("Being sent")
    OPEN = "open", _("Sent, not answered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired without an answer")
    FAILED = "failed", _("Could not be delivered")
    UNKNOWN = "unknown", _("Not known whether it was sent")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Compared(TextChoices):
    """The iD that was proved, beside the file's."""

    SAME = "same", _("Same as in the file")
    OTHER = "other", _("Another than in the file")
    NONE = "none", _("None in the file")


def with_progress(invitations: QuerySet[Invitation, Any]) -> QuerySet[Invitation, Any]:
    """Annotate `progress` and `mail_error`, of the latest mail; no further query."""
    mails = Mail.objects.filter(invitation=OuterRef("pk")).order_by("-pk")
    found = invitations.annotate(
        mail_state=Subquery(mails.values("state")[:1]),
        mail_error=Subquery(mails.values("last_error")[:1]),
    )
    return found.annotate(
        progress=Case(
            When(outcome__gt="", then=F("outcome")),
            When(sent_at=None, then=Value(Progress.DRAFT)),
            When(mail_state=Mail.State.FAILED, then=Value(Progress.FAILED)),
            When(mail_state=Mail.State.UNKNOWN, then=Value(Progress.UNKNOWN)),
            When(mail_state__in=Mail.UNDER_WAY, then=Value(Progress.SENDING)),
            When(expires_at__lte=timezone.now(), then=Value(Progress.EXPIRED)),
            default=Value(Progress.OPEN),
            output_field=CharField(),
        )
    )


def figures(invitations: QuerySet[Invitation, Any]) -> dict[str, int]:
    """How many stand at each progress that occurs, in its order; one query."""
    annotated: Any = with_progress(invitations).order_by()
    rows = annotated.values("progress").annotate(number=Count("pk"))
    numbers = {row["progress"]: row["number"] for row in rows}
    return {name: numbers[name] for name in Progress.values if name in numbers}


def compared(invitations: QuerySet[Invitation, Any], how: str) -> QuerySet[Invitation, Any]:
    """Those accepted with the file's iD, with another, or without one in the file."""
    accepted = invitations.filter(outcome=Invitation.Status.ACCEPTED)
    match how:
        case Compared.SAME:
            return accepted.filter(hint_matched=True)
        case Compared.OTHER:
            return accepted.filter(hint_matched=False)
        case Compared.NONE:
            return accepted.filter(hint_matched=None)
        case _:
            return invitations


def waiting_invitations(into: ContactImport) -> QuerySet[Invitation, Any]:
    """What is to be mailed: for the first time once the lead has sent it, again when reminded."""
    waits = Q(pk=None)
    if into.sent_at:
        waits |= Q(sent_at=None)
    if into.remind_before:
        waits |= Q(sent_at__lt=into.remind_before)
    return open_invitations(into).filter(waits)


def open_invitations(into: ContactImport) -> QuerySet[Invitation, Any]:
    """Neither answered nor withdrawn, at members that are still in the consortium."""
    members = Member.objects.current_in(into.consortium).values("pk")
    return Invitation.objects.open().filter(contact_import=into, member__in=members)


def waiting_contacts(into: ContactImport) -> QuerySet[ImportedContact, Any]:
    """Who was added and is to be told, once the lead has sent it."""
    members = Member.objects.current_in(into.consortium).values("pk")
    untold = into.added.filter(told_at=None, contact__removed_at=None, contact__member__in=members)
    return untold if into.sent_at else untold.none()


def imports_that_wait() -> QuerySet[ContactImport, Any]:
    """Imports of which something is to be mailed."""
    offers = Invitation.objects.open().filter(contact_import=OuterRef("pk"))
    untold = ImportedContact.objects.filter(
        contact_import=OuterRef("pk"), told_at=None, contact__removed_at=None
    )
    return ContactImport.objects.filter(
        (Q(sent_at__isnull=False) & (Exists(offers.filter(sent_at=None)) | Exists(untold)))
        | Exists(offers.filter(sent_at__lt=OuterRef("remind_before")))
    )
