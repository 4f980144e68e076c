"""Loads the demo consortium: what happened, one step after the other, through the services."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from contacts.models import User
from integrations.works.models import MemberWork
from members.dates import today
from members.models import Consortium, Member
from portal.demo import data, events
from portal.demo import lead_work as work
from portal.demo import publications as desk
from portal.demo.past import Past
from portal.demo.settling import settle

Step = Callable[[], object]
State = MemberWork.State


def is_loaded() -> bool:
    return Consortium.objects.filter(slug=data.demo()["consortium"]["slug"]).exists()


def database_is_empty() -> bool:
    return not any(model.objects.exists() for model in (Consortium, Member, User))


@transaction.atomic
def load(*, operator_password: str) -> None:
    """Everything or nothing. The mails of the past count as sent; those of invitations that are
    still open, and of the recovery, are delivered when a worker runs."""
    story = Story()
    for person in data.people().values():
        story.add(person.get("first_signed_in"), events.first_sign_in(person))
        if told := person.get("profile"):
            story.add(told["ago"], events.tell_profile(person, told))
    story.add(LONG_AGO, events.found_consortium(data.demo()["consortium"]))
    story.add(LONG_AGO, events.make_operator(data.demo()["operator"], operator_password))
    for member in data.demo()["members"]:
        _tell(story, member)
    _tell_lead(story, data.lead())
    _tell_publications(story, data.publications())
    story.happen()
    settle()


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


def _tell_lead(story: Story, lead: data.Lead) -> None:
    story.add(lead["lead_may_recover"], work.allow_recovery())
    for renamed in lead["renamed"]:
        story.add(renamed["ago"], work.rename(renamed))
    for flagged in lead["flagged"]:
        story.add(flagged["ago"], work.flag(flagged))
    for declined in lead["declined"]:
        story.add(declined["ago"], work.decline(declined))
    for begun in lead["rounds"]:
        _tell_round(story, begun)
    for announcement in lead["announcements"]:
        story.add(announcement["written"], work.write(announcement))
        story.add(announcement.get("sent"), work.send(announcement))
    for report in lead["reports"]:
        story.add(report["ago"], work.tell_orcid(_day(report["ago"])))
    for token in lead["tokens"]:
        story.add(token["ago"], work.make_token(token))
    _tell_contacts_of_others(story, lead)
    _tell_requests(story, lead)
    for person, ago in lead["visited"].items():
        moment = timezone.now() - datetime.timedelta(days=ago)
        story.add(ago, work.visit(person, moment))


def _tell_round(story: Story, begun: data.RoundEntry) -> None:
    story.add(begun["started"], work.start_round(begun))
    for confirmed in begun["confirmed"]:
        story.add(confirmed["ago"], work.confirm(confirmed))
    story.add(begun.get("reminded"), work.remind())
    story.add(begun.get("closed"), work.close_round(begun))


def _tell_contacts_of_others(story: Story, lead: data.Lead) -> None:
    story.add(lead["lead_access"]["ago"], work.allow_lead(lead["lead_access"]))
    for change in lead["lead_changes"]:
        story.add(change["ago"], work.change_roles(change))
    for brought in lead["imports"]:
        story.add(brought["ago"], work.import_contacts(brought))


def _tell_requests(story: Story, lead: data.Lead) -> None:
    for request in lead["requests"]:
        story.add(request["ago"], work.ask_for_help(request))
        for step in request["steps"]:
            story.add(step["ago"], work.answer(request, step))
    story.add(lead["recovery"]["ago"], work.recover(lead["recovery"]))


def _tell_publications(story: Story, told: data.Publications) -> None:
    for keeper in told["keepers"]:
        story.add(keeper["invited"], desk.invite_keeper(keeper))
        story.add(keeper["accepted"], desk.join_desk(keeper))
    story.add(told["validate_first"], desk.validate_first())
    for researcher in told["researchers"]:
        story.add(researcher["asked"], desk.ask(researcher))
        story.add(researcher.get("answered"), desk.allow(researcher))
        story.add(researcher.get("connected"), desk.connect(researcher))
    for entry in told["works"]:
        story.add(entry["added"], desk.add(entry))
        story.add(entry.get("sent_in"), desk.send_in(entry))
        story.add(entry.get("validated"), desk.bring_into(entry, State.VALIDATED))
        story.add(entry.get("public"), desk.bring_into(entry, State.PUBLIC))


def _day(ago: int) -> datetime.date:
    return today() - datetime.timedelta(days=ago)
