"""What a person did here, and what the history says of them."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts import held
from contacts.held import Column, Section, column, kept
from contacts.models import Announcement, Contact, Run, User
from members.models import Event

# Of this room and those below it; rooms above say their own (`held.register`).
DEEDS = [
    "members.Event.actor", "members.Member.trademark_answered_by", "members.Member.confirmed_by",
    "contacts.Contact.added_by", "contacts.ContactImport.created_by",
    "contacts.ContactImport.sent_by", "contacts.Invitation.sent_by", "contacts.LeadChange.made_by",
    "contacts.LeadChange.decided_by", "contacts.OrcidReport.sent_by", "contacts.HelpMessage.author",
    "contacts.Recovery.started_by", "contacts.ConfirmationRound.started_by",
    "contacts.Confirmation.confirmed_by", "admin.LogEntry.user",
]  # fmt: skip


def offer(user: User) -> Iterator[Section]:
    own = Contact.objects.ever_of(user)
    yield _jobs(user)
    yield _announcements(user)
    yield _about(user, own)
    yield _done(user)


def _jobs(user: User) -> Section:
    return Section(
        key="jobs",
        title=_("Jobs you started"),
        source=_("From you: files you brought in, and works you had read from ORCID."),
        why=_("So that you can watch them."),
        until=_("%(span)s after they ended; the files go at once.")
        % {"span": kept("RETAIN_MAIL_LOG_DAYS")},
        seen_by=_("You; those of a consortium: its lead desk. The operator."),
        columns=[
            column("kind", _("Kind"), "get_kind_display"),
            column("consortium", _("Consortium"), "consortium.name"),
            column("state", _("State"), "get_state_display"),
            column("created_at", _("Begun")),
            column("finished_at", _("Ended")),
        ],
        rows=Run.objects.filter(started_by=user)
        .defer("subject", "result")
        .select_related("consortium")
        .order_by("pk"),
        covers=frozenset({"contacts.Run.started_by"}),
    )


def _announcements(user: User) -> Section:
    return Section(
        key="announcements",
        title=_("Announcements you wrote or sent"),
        source=_("From you."),
        why=_("So that the consortium knows what it has said."),
        until=_("They are the consortium’s, and stay; your name goes with your account."),
        seen_by=_("The lead desk, and whoever they were sent to."),
        columns=[
            column("consortium", _("Consortium"), "consortium.name"),
            column("subject", _("Subject")),
            column("created_at", _("Written")),
            column("started_at", _("Sent")),
        ],
        rows=Announcement.objects.filter(Q(created_by=user) | Q(sent_by=user))
        .defer("body", "audience")
        .select_related("consortium")
        .order_by("pk"),
        covers=frozenset({"contacts.Announcement.created_by", "contacts.Announcement.sent_by"}),
    )


_EVENT = [
    column("at", "", "created_at"),
    column("what", "", "get_kind_display"),
    column("organisation", "", "member.display_name"),
    column("consortium", "", "consortium.name"),
    column("capacity", "", "get_capacity_display"),
]


def _event_columns() -> list[Column]:
    labels = [_("When"), _("What"), _("Organisation"), _("Consortium"), _("In which capacity")]
    return [Column(one.key, label, one.read) for one, label in zip(_EVENT, labels, strict=True)]


def _about(user: User, own: QuerySet[Contact]) -> Section:
    """Who changed it is told by capacity alone: the name is somebody else's."""
    keys = list(own.values_list("pk", flat=True))
    about = Event.objects.filter(
        Q(changes__contact__in=keys) | Q(changes__person=str(user.username))
    )
    return Section(
        key="history",
        title=_("History of you"),
        source=_("From this portal, with each change."),
        why=_("So that it can be seen, and put right, what was changed and when."),
        until=_(
            "That something was changed, and when, stays. Names, addresses and iDs in it: %(span)s "
            "after you have left."
        )
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_("Contacts of the organisation, the lead desk of its consortium, the operator."),
        columns=[
            *_event_columns(),
            column("personal", _("Before and after"), "personal"),
        ],
        rows=about.select_related("member", "consortium").order_by("pk"),
        covers=frozenset(),
    )


def _done(user: User) -> Section:
    """Whom it concerned is not told: that is about others."""
    return Section(
        key="done",
        title=_("What you did"),
        source=_("From this portal, with each change you made."),
        why=_("So that organisations know who did what in their name."),
        until=_("It stays; your name goes with your account."),
        seen_by=_("Contacts of the organisation, the lead desk of its consortium, the operator."),
        columns=_event_columns(),
        rows=Event.objects.filter(actor=user)
        .select_related("member", "consortium")
        .defer("personal", "changes")
        .order_by("pk"),
        covers=held.deeds(),
    )
