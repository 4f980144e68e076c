"""*Tell ORCID*: the changes since the last report in words, and that they were sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.models import OrcidReport, Role
from contacts.permissions import can_manage_desk
from contacts.services.orcid_changes import (
    FACTS,
    Between,
    Person,
    State,
    between,
    latest_cursor,
)
from integrations.orcid.ids import orcid_uri
from members.actors import Actor
from members.dates import today
from members.models import Consortium, Event, Member

# The words of the file are for other programs: they are not translated.
CSV_HEADER = ["Member", "Change", "Person", "ORCID iD", "Email", "Before", "Now"]
MOST_CHARACTERS = 500_000


@dataclass(frozen=True)
class Change:
    """One line: what, of whom (empty when it is about the member), before and now."""

    what: str
    person: Person | None
    before: str
    now: str
    is_end: bool = False


@dataclass(frozen=True)
class MemberChanges:
    member: Member
    changes: list[Change]


@dataclass(frozen=True)
class Draft:
    """What the next report says: everything after `since`, up to `through`."""

    consortium: Consortium
    since: int
    through: int
    members: list[MemberChanges]

    @property
    def text(self) -> str:
        head = _("Changes of the members of %(name)s, %(day)s") % {
            "name": self.consortium.name,
            "day": today().isoformat(),
        }
        parts = [head, *(_paragraph(found) for found in self.members)]
        return "\n\n".join(parts) + "\n"

    def rows(self) -> Iterator[list[str]]:
        for found in self.members:
            for change in found.changes:
                who = change.person or Person()
                uri = f"{orcid_uri('')}{who.orcid}" if who.orcid else ""
                row = [found.member.display_name, change.what, who.name if change.person else ""]
                yield [*row, uri, who.email, change.before, change.now]


def draft_report(consortium: Consortium, *, through: int | None = None) -> Draft:
    """What has changed since the last report; `through` is a cursor that was shown before, so that
    what arrived meanwhile is left to the next one."""
    latest = latest_cursor()
    since = _since(consortium)
    end = latest if through is None else max(since, min(through, latest))
    found = [
        MemberChanges(one.member, list(_changes(one)))
        for one in between(consortium, since=since, through=end)
    ]
    return Draft(consortium, since, end, [one for one in found if one.changes])


def _since(consortium: Consortium) -> int:
    last = OrcidReport.objects.filter(consortium=consortium).first()
    return last.through_event if last else 0


def _paragraph(found: MemberChanges) -> str:
    lines = [f"- {_line(change)}" for change in found.changes]
    return "\n".join([found.member.display_name, *lines])


def _line(change: Change) -> str:
    about = f"{change.what}: {_in_full(change.person)}" if change.person else change.what
    if change.is_end:
        return f"{about}: {change.before}"
    if not change.before:
        return f"{about}: {change.now}"
    values = {"about": about, "now": change.now or _("none"), "before": change.before}
    return _("%(about)s: %(now)s (was: %(before)s)") % values


def _in_full(person: Person) -> str:
    name = person.name or _("a former contact")
    facts = [f"{orcid_uri('')}{person.orcid}" if person.orcid else "", person.email]
    known = ", ".join(filter(None, facts))
    return f"{name} ({known})" if known else name


def _changes(found: Between) -> Iterator[Change]:
    then, now = found.then, found.now
    is_new = bool(now.periods) and not then.periods
    if is_new:
        # Nothing of it was told before, whenever its people were added.
        then = State()
        yield Change(_("New member"), None, "", now.facts.get("legal_name", ""))
    for name in found.merged:
        yield Change(_("Merged into it"), None, "", name)
    if then.periods != now.periods:
        yield Change(_("Membership"), None, _periods(then), _periods(now))
    if not is_new:
        yield from _facts(then, now)
    elif now.facts.get("website"):
        yield Change(_("Website"), None, "", now.facts["website"])
    yield from _people(then, now)
    yield from _official(then, now)


def _periods(state: State) -> str:
    said = sorted(state.periods.values())
    return "; ".join(f"{start or _('not known')} – {end or _('open')}" for start, end in said)


def _facts(then: State, now: State) -> Iterator[Change]:
    labels = {
        "display_name": _("Public display name"),
        "legal_name": _("Legal name"),
        "website": _("Website"),
    }
    for name in FACTS:
        before, after = then.facts.get(name, ""), now.facts.get(name, "")
        if before != after:
            yield Change(labels[name], None, before, after)


def _people(then: State, now: State) -> Iterator[Change]:
    for before, after in _paired(then, now):
        if after is None and before is not None:
            yield Change(_("No longer a contact"), before, _roles(before), "", is_end=True)
        elif before is None and after is not None:
            yield Change(_("New contact"), after, "", _roles(after))
        elif before is not None and after is not None:
            yield from _edited(before, after)


def _paired(then: State, now: State) -> list[tuple[Person | None, Person | None]]:
    """The same person at both moments. Who was removed and added again has another row, and the
    same iD."""
    gone = {key: one for key, one in then.people.items() if key not in now.people}
    returned = {one.orcid: key for key, one in gone.items() if one.orcid}
    pairs: list[tuple[Person | None, Person | None]] = []
    for key, after in now.people.items():
        old = key if key in then.people else returned.get(after.orcid)
        before = then.people.get(old) if old is not None else None
        if old is not None:
            gone.pop(old, None)
        pairs.append((before, after))
    pairs += [(before, None) for before in gone.values()]
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0] or Person()).family_name.casefold())


def _edited(before: Person, after: Person) -> Iterator[Change]:
    values = [
        (_("Name"), before.name, after.name),
        (_("E-mail"), before.email, after.email),
        (_("ORCID iD"), before.orcid, after.orcid),
        (_("Roles"), _roles(before), _roles(after)),
    ]
    for what, old, new in values:
        if old != new:
            yield Change(what, after, old, new)


def _roles(person: Person) -> str:
    return "; ".join(role.label for role in Role if role in person.roles)


def _official(then: State, now: State) -> Iterator[Change]:
    """Who holds what counts at ORCID; who votes is the effective one (R4)."""
    for what, before, after in [
        (Role.MAIN.label, then.holder(Role.MAIN), now.holder(Role.MAIN)),
        (Role.SIGNATORY.label, then.holder(Role.SIGNATORY), now.holder(Role.SIGNATORY)),
        (_("Votes"), then.voter(), now.voter()),
    ]:
        if not _is_same(before, after):
            yield Change(what, None, _name(before), _name(after))


def _is_same(before: tuple[int, Person] | None, after: tuple[int, Person] | None) -> bool:
    if before is None or after is None:
        return before is after
    key, orcid = before[0], before[1].orcid
    return key == after[0] or (orcid != "" and orcid == after[1].orcid)


def _name(holder: tuple[int, Person] | None) -> str:
    return _in_full(holder[1]) if holder else ""


@transaction.atomic
def mark_as_sent(
    *, consortium_id: int, since: int, through: int, text: str, by: Actor
) -> OrcidReport:
    """Note that the report from `since` through `through` was sent, as it was sent.

    Raises `PermissionDenied` for all but managers of the desk, `ValidationError` when somebody else
    has sent a report meanwhile, or there is nothing to tell.
    """
    consortium = Consortium.objects.get(pk=consortium_id)
    if by.user is None or not can_manage_desk(by, consortium):
        raise PermissionDenied
    draft = draft_report(consortium, through=through)
    if draft.since != since:
        raise _sent_meanwhile()
    if not draft.members or draft.through != through:
        raise ValidationError(_("There is nothing to tell."), code="nothing")
    report = OrcidReport(consortium=consortium, since_event=since, through_event=through)
    report.text, report.sent_by = text.strip()[:MOST_CHARACTERS] or draft.text, by.user
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        raise _sent_meanwhile() from None
    report.members.set(_members(draft.members))
    Event.append(
        Event(
            consortium=consortium,
            kind=Event.Kind.ORCID_TOLD,
            changes={"report": report.pk, "through": through, "members": len(draft.members)},
            actor=by.user,
            capacity=by.capacity,
        )
    )
    return report


def _members(found: Iterable[MemberChanges]) -> list[Member]:
    return [one.member for one in found]


def _sent_meanwhile() -> ValidationError:
    return ValidationError(
        _("Somebody else has marked a report as sent meanwhile. Here is what is left to tell."),
        code="sent",
    )
