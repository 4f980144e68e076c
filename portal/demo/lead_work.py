"""What the lead's desk has done in the demo's past, each as a step that calls a service."""

import csv
import datetime
import io
from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from contacts.audience import audience_of
from contacts.models import (
    Announcement,
    Confirmation,
    ConfirmationRound,
    Contact,
    DeskVisit,
    HelpRequest,
    Mail,
)
from contacts.services import (
    announcements,
    confirming,
    lead_access,
    moving,
    orcid_reports,
    preferences,
    recovery,
    requests,
    roles,
    round_steps,
    rounds,
    tokens,
)
from contacts.services.imports.applying import bring_in
from contacts.services.imports.plan import plan_contacts
from members.actors import Actor
from members.dates import today
from members.services import consortia, renaming
from portal.demo import data
from portal.demo.past import rows
from portal.demo.who import actor_of, the_consortium, the_contact, the_member, the_operator, user_of

Step = Callable[[], object]
REFUSED = "550 5.1.1 The recipient’s mail server does not know this address."


def desk(person: str = "") -> Actor:
    return Actor.lead(user_of(person or data.lead()["manager"]))


def allow_recovery() -> Step:
    return lambda: consortia.save_consortium(
        consortium_id=the_consortium().pk,
        by=Actor.operator(the_operator()),
        lead_may_recover=True,
    )


def rename(entry: data.RenamedEntry) -> Step:
    return lambda: renaming.rename_member(
        member_id=the_member(entry["member"]).pk,
        slug=entry["slug"],
        by=Actor.operator(the_operator()),
    )


def flag(entry: data.FlaggedEntry) -> Step:
    """What the weekly look at ORCID found."""
    orcid = data.people()[entry["person"]]["orcid"]
    return lambda: moving.flag_record(orcid, Contact.RecordState(entry["state"]))


def decline(entry: data.DeclinedEntry) -> Step:
    return lambda: preferences.set_preferences(
        place_key=the_consortium().pk, wants=entry["wants"], by=actor_of(entry["person"])
    )


# --- Confirmation rounds ---------------------------------------------------------------------------


def start_round(entry: data.RoundEntry) -> Step:
    def step() -> None:
        rounds.start_round(consortium_id=the_consortium().pk, by=desk(entry["by"]))
        round_steps.advance()

    return step


def confirm(entry: data.ConfirmedEntry) -> Step:
    def step() -> None:
        member = the_member(entry["member"])
        seen = confirming.last_seen(member)
        confirming.confirm_member(member_id=member.pk, seen=seen, by=actor_of(entry["by"]))

    return step


def remind() -> Step:
    """A week on: whoever has been asked and has not answered is due."""

    def step() -> None:
        waiting = Confirmation.objects.filter(round__closed_at=None, confirmed_at=None)
        waiting.exclude(due_at=None).update(due_at=timezone.now())
        round_steps.advance()

    return step


def close_round(entry: data.RoundEntry) -> Step:
    return lambda: rounds.close_round(
        round_id=ConfirmationRound.objects.get(closed_at=None).pk, by=desk(entry["by"])
    )


# --- Help requests and recovery --------------------------------------------------------------------


def ask_for_help(entry: data.RequestEntry) -> Step:
    def step() -> None:
        person = entry.get("person")
        asked = requests.open_request(
            kind=entry["kind"],
            name=entry["name"],
            email=entry["email"],
            text=entry["text"],
            organisation=entry.get("organisation", ""),
            member=the_member(entry["member"]) if "member" in entry else None,
            consortium=the_consortium(),
            user=user_of(person) if person else None,
        )
        requests.prove_request(token=requests.token_of(asked))

    return step


def answer(request: data.RequestEntry, entry: data.RequestStepEntry) -> Step:
    return lambda: requests.handle(
        request_id=_request(request["email"]).pk,
        state=HelpRequest.State(entry["state"]),
        text=entry["text"],
        by=desk(),
    )


def recover(entry: data.RecoveryEntry) -> Step:
    return lambda: recovery.start_recovery(
        member_id=the_member(entry["member"]).pk,
        contact_id=the_contact(entry["member"], entry["to"]).pk,
        reason=entry["reason"],
        help_request=_request(data.people()[entry["to"]]["email"]),
        by=desk(),
    )


def _request(email: str) -> HelpRequest:
    return HelpRequest.objects.get(email=email)


# --- Announcements ---------------------------------------------------------------------------------


def write(entry: data.AnnouncementEntry) -> Step:
    return lambda: announcements.write_announcement(
        consortium_id=the_consortium().pk,
        by=desk(),
        kind=entry["kind"],
        subject=entry["subject"],
        body=entry["body"],
        audience=entry["audience"],
    )


def send(entry: data.AnnouncementEntry) -> Step:
    """Sent long ago: its deliveries are history, so nothing of it goes to the mailbox now."""

    def step() -> None:
        draft = Announcement.objects.get(subject=entry["subject"])
        sent = announcements.send_announcement(
            announcement_id=draft.pk, version=draft.version, by=desk()
        )
        receivers = audience_of(sent).receivers()
        Mail.objects.bulk_create(_delivery(sent, contact) for contact in receivers)
        if refused := entry.get("refused"):
            to = data.people()[refused]["email"]
            failed = sent.deliveries.filter(to=to)
            failed.update(state=Mail.State.FAILED, sent_at=None, last_error=REFUSED)
        now = timezone.now()
        rows("contacts.Announcement").filter(pk=sent.pk).update(
            state=Announcement.State.SENT, queued_at=now, finished_at=now
        )

    return step


def _delivery(sent: Announcement, contact: Contact) -> Mail:
    return Mail(
        kind=Mail.Kind.ANNOUNCEMENT,
        to=contact.email,
        subject=sent.subject,
        member_id=contact.member_id,
        announcement=sent,
        contact=contact,
        state=Mail.State.SENT,
        attempts=1,
    )


# --- A member's contacts, and what ORCID was told --------------------------------------------------


def allow_lead(entry: data.LeadAccessEntry) -> Step:
    return lambda: lead_access.set_lead_access(
        member_id=the_member(entry["member"]).pk,
        version=None,
        allowed=True,
        by=actor_of(entry["by"]),
    )


def change_roles(entry: data.LeadChangeEntry) -> Step:
    def step() -> None:
        contact = the_contact(entry["member"], entry["person"])
        roles.set_roles(
            contact_id=contact.pk, version=contact.version, roles=entry["roles"], by=desk()
        )

    return step


def import_contacts(entry: data.ImportEntry) -> Step:
    """Brought in and not sent: the lead still has to press *send*."""

    def step() -> None:
        text = io.StringIO()
        csv.writer(text).writerows([["Member", "Name", "Email", "Role"], *entry["rows"]])
        file = io.BytesIO(text.getvalue().encode())
        plan = plan_contacts(file, the_consortium(), is_lead=True)
        bring_in(plan=plan, file_name=entry["file_name"], by=desk())

    return step


def tell_orcid(day: datetime.date) -> Step:
    def step() -> None:
        draft = orcid_reports.draft_report(the_consortium())
        orcid_reports.mark_as_sent(
            consortium_id=draft.consortium.pk,
            since=draft.since,
            through=draft.through,
            text=draft.text.replace(today().isoformat(), day.isoformat(), 1),
            by=desk(),
        )

    return step


def make_token(entry: data.TokenEntry) -> Step:
    """Nobody knows its secret: it shows what the page looks like, and opens nothing."""

    def step() -> None:
        token, _secret = tokens.make_token(
            name=entry["name"],
            days=entry["days"],
            can_write=False,
            by=desk(),
            consortium_id=the_consortium().pk,
        )
        used_up = F("expires_at") - datetime.timedelta(days=entry["ago"])
        rows("contacts.ApiToken").filter(pk=token.pk).update(expires_at=used_up)

    return step


def visit(person: str, when: datetime.datetime) -> Step:
    return lambda: DeskVisit.objects.create(
        consortium=the_consortium(), user=user_of(person), latest=when
    )
