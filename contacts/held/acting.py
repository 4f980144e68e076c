"""What is held of a person who acts for members, or was asked to."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.held import Column, Section, column, kept, proved_addresses
from contacts.models import (
    ApiToken,
    Contact,
    HelpMessage,
    HelpRequest,
    Invitation,
    LeadChange,
    Mail,
    Recovery,
    User,
)


def offer(user: User) -> Iterator[Section]:
    addresses = proved_addresses(user)
    own = Contact.objects.ever_of(user)
    yield _contacts(own)
    yield _invitations(own, addresses)
    yield _lead_changes(own)
    yield _recoveries(own, addresses)
    yield _requests(user, addresses)
    yield _mails(own, addresses)
    yield _tokens(user)


def _contacts(own: QuerySet[Contact]) -> Section:
    return Section(
        key="contacts",
        title=_("Contact of an organisation"),
        source=_("From another contact of the organisation, its consortium’s lead, or you."),
        why=_("To run the organisation’s ORCID membership: whom to ask, and who may change what."),
        until=_("While you are a contact, and %(span)s more.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_(
            "Contacts of the same organisation, the lead desk of its consortium, and the operator; "
            "ORCID, where it is a contact that ORCID keeps. Never the public."
        ),
        columns=[
            column("organisation", _("Organisation"), "member.display_name"),
            column("orcid", _("ORCID iD")),
            column("given_names", _("Given name")),
            column("family_name", _("Family name")),
            column("job_title", _("Job title")),
            column("email", _("E-mail")),
            column("pending_email", _("New address, not proved yet")),
            column("phone", _("Telephone")),
            Column("roles", _("Roles"), lambda row: [role.label for role in row.roles]),
            Column(
                "desk",
                _("Lead desk"),
                lambda row: [seat.get_level_display() for seat in row.desk_seats.all()],
            ),
            column("wants_events", _("Wants invitations to events")),
            column("wants_newsletters", _("Wants newsletters")),
            column("record_state", _("Record at ORCID"), "get_record_state_display"),
            column("outside_domains", _("Address outside the organisation’s domains")),
            column("created_at", _("Since")),
            column("removed_at", _("Until")),
        ],
        rows=own.select_related("member")
        .prefetch_related("role_assignments", "desk_seats")
        .order_by("pk"),
        covers=_all(
            "Contact.orcid Contact.given_names Contact.family_name Contact.email "
            "Contact.pending_email Contact.phone RoleAssignment.contact DeskSeat.contact "
            "ImportedContact.contact"
        ),
        change=(reverse("me:home"), _("Your details, and leaving")),
    )


def _invitations(own: QuerySet[Contact], addresses: list[str]) -> Section:
    found = Invitation.objects.annotate(low=Lower("email"))
    return Section(
        key="invitations",
        title=_("Invitations to become a contact"),
        source=_("From a contact of the organisation, or its consortium’s lead."),
        why=_("So that you can accept, and the organisation sees what became of it."),
        until=_("%(dead)s after nobody accepted it; an accepted one as long as you are a contact.")
        % {"dead": kept("RETAIN_DEAD_INVITATIONS_DAYS")},
        seen_by=_("Contacts of the organisation, the lead desk of its consortium, the operator."),
        columns=[
            column("organisation", _("Organisation"), "member.display_name"),
            column("email", _("E-mail")),
            column("roles", _("Roles"), "role_names"),
            column("given_names", _("Given name")),
            column("family_name", _("Family name")),
            column("job_title", _("Job title")),
            column("phone", _("Telephone")),
            column("orcid_hint", _("ORCID iD, as a file had it")),
            column("status", _("State"), "status.label"),
            column("sent_at", _("Sent")),
            column("closed_at", _("Answered")),
        ],
        rows=found.filter(Q(contact__in=own) | Q(contact=None, low__in=addresses))
        .select_related("member")
        .order_by("pk"),
        covers=_all(
            "Invitation.email Invitation.contact Invitation.given_names Invitation.family_name "
            "Invitation.phone Invitation.orcid_hint"
        ),
    )


def _lead_changes(own: QuerySet[Contact]) -> Section:
    return Section(
        key="changes_by_the_lead",
        title=_("Changes to you by the lead"),
        source=_("From the lead of the consortium."),
        why=_("So that the organisation can accept or dispute them."),
        until=_("As long as the contact they are about."),
        seen_by=_("Contacts of the organisation, and the lead desk."),
        columns=[
            column("organisation", _("Organisation"), "member.display_name"),
            column("made_at", _("Made")),
            column("state", _("State"), "get_state_display"),
            column("decided_at", _("Decided")),
            column("note", _("Note")),
        ],
        rows=LeadChange.objects.filter(contact__in=own).select_related("member").order_by("pk"),
        covers=_all("LeadChange.contact"),
    )


def _recoveries(own: QuerySet[Contact], addresses: list[str]) -> Section:
    named = Recovery.objects.annotate(low=Lower("email"))
    return Section(
        key="recoveries",
        title=_("Being named Main relationship contact"),
        source=_("From the lead of the consortium, or the operator."),
        why=_("So that everybody concerned can object."),
        until=_("%(span)s after it was decided.") % {"span": kept("RETAIN_HELP_REQUESTS_DAYS")},
        seen_by=_("Contacts of the organisation, the lead desk, the operator."),
        columns=[
            column("organisation", _("Organisation"), "member.display_name"),
            column("email", _("E-mail")),
            column("reason", _("Reason")),
            column("objection", _("Objection")),
            column("identity_checked", _("How it was checked who you are")),
            column("state", _("State"), "get_state_display"),
            column("started_at", _("Begun")),
            column("closed_at", _("Decided")),
        ],
        rows=named.filter(Q(contact__in=own) | Q(low__in=addresses))
        .select_related("member")
        .order_by("pk"),
        covers=_all("Recovery.contact Recovery.email"),
    )


def _requests(user: User, addresses: list[str]) -> Section:
    def steps(request: HelpRequest) -> list[dict[str, Any]]:
        # Who answered is named by capacity: a name would be somebody else's.
        return [
            {"at": one.created_at.isoformat(), "by": one.capacity, "text": one.text}
            for one in request.messages.all()
        ]

    asked = HelpRequest.objects.annotate(low=Lower("email"))
    return Section(
        key="help_requests",
        title=_("Requests for help"),
        source=_("From you."),
        why=_("To answer them."),
        until=_("%(span)s after they were closed.") % {"span": kept("RETAIN_HELP_REQUESTS_DAYS")},
        seen_by=_("The lead desk of the consortium they went to, and the operator."),
        columns=[
            column("kind", _("What it is about"), "get_kind_display"),
            column("organisation", _("Organisation")),
            column("name", _("Name")),
            column("email", _("E-mail")),
            column("state", _("State"), "get_state_display"),
            column("created_at", _("Asked")),
            column("closed_at", _("Closed")),
            Column("steps", _("What was said"), steps),
        ],
        rows=asked.filter(Q(user=user) | Q(user=None, low__in=addresses))
        .prefetch_related(Prefetch("messages", HelpMessage.objects.order_by("pk")))
        .order_by("pk"),
        covers=_all("HelpRequest.user HelpRequest.email HelpRequest.name"),
        change=(reverse("help_request"), _("Ask for help")),
    )


def _mails(own: QuerySet[Contact], addresses: list[str]) -> Section:
    sent = Mail.objects.annotate(low=Lower("to")).defer("text", "html")
    return Section(
        key="mails",
        title=_("Mails to you"),
        source=_("From this portal, when it writes to you. What a mail said is not kept."),
        why=_("To know whether a mail arrived, and not to write twice."),
        until=kept("RETAIN_MAIL_LOG_DAYS"),
        seen_by=_("The operator; of announcements, the lead desk."),
        columns=[
            column("kind", _("Kind"), "get_kind_display"),
            column("to", _("To")),
            column("subject", _("Subject")),
            column("state", _("State"), "get_state_display"),
            column("created_at", _("Written")),
            column("sent_at", _("Sent")),
        ],
        rows=sent.filter(Q(contact__in=own) | Q(contact=None, low__in=addresses)).order_by("pk"),
        covers=_all("Mail.to Mail.contact"),
        change=(reverse("me:preferences"), _("What you get by mail")),
    )


def _tokens(user: User) -> Section:
    return Section(
        key="api_tokens",
        title=_("API tokens"),
        source=_("From you. The token itself is stored nowhere."),
        why=_("So that programs of yours can act for you."),
        until=_("%(span)s after it has ended; at most as long as your account.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_("Contacts of the organisation, or the lead desk; the operator."),
        columns=[
            column("name", _("Name")),
            column("organisation", _("Organisation"), "member.display_name"),
            column("consortium", _("Consortium"), "consortium.name"),
            column("can_write", _("May write")),
            column("created_at", _("Made")),
            column("expires_at", _("Valid until")),
            column("last_used_at", _("Last used")),
            column("revoked_at", _("Revoked")),
        ],
        rows=ApiToken.objects.filter(user=user)
        .defer("token_hash")
        .select_related("member", "consortium")
        .order_by("pk"),
        covers=_all("ApiToken.user ApiToken.name"),
    )


def _all(names: str) -> frozenset[str]:
    return frozenset(f"contacts.{name}" for name in names.split())
