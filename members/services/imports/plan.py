"""What a file of members would change; nothing is written."""

import copy
import datetime
from dataclasses import dataclass, field
from typing import IO, Any, Literal, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.duplicates import Entry, Match, Pair, Register, in_consortium, plain_names
from members.import_rows import NAMES, MemberRow, read_member_row
from members.models import Consortium, Member, Membership
from members.services.information import Information, assign_information
from members.services.memberships import check_no_overlap
from members.sheets import read_table
from members.websites import website_host

Action = Literal["add", "change", "none"]
_NEEDED = ("legal_name", "country", "community")


@dataclass(frozen=True)
class Problem:
    """Something about one row (0: the file as a whole), in words."""

    row: int
    message: str

    def __str__(self) -> str:
        return _("Row %(row)s: %(message)s") % vars(self) if self.row else self.message


@dataclass(frozen=True)
class PlannedRow:
    """What one row would do. `fields` is `{name: [old, new]}`; `version` the member's, as planned on."""

    number: int
    action: Action
    name: str
    member_id: int | None = None
    version: int = 0
    fields: dict[str, list[str]] = field(default_factory=dict)
    identifiers: tuple[Pair, ...] = ()
    joins: bool = False
    start: datetime.date | None = None


@dataclass
class Plan:
    """Nothing is applied while there are errors."""

    consortium: Consortium
    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def changes(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.action != "none"]

    def count(self, action: Action) -> int:
        return sum(row.action == action for row in self.rows)


def plan_import(
    file: IO[bytes],
    consortium: Consortium,
    *,
    start: datetime.date | None = None,
    update_by_name: bool = False,
    known: QuerySet[Member, Any] | None = None,
) -> Plan:
    """Read the file (CSV or XLSX) and say what it would change; writes nothing.

    `start` is for rows that give none. Members are found by identifier, by website, and, only with
    `update_by_name`, by name; among `known` when not all may be told of. No error is raised.
    """
    plan = Plan(consortium)
    try:
        table = read_table(file, NAMES)
    except ValidationError as error:
        plan.errors = [Problem(0, message) for message in error.messages]
        return plan
    if table.unknown:
        words = _("These columns are not known and were left out: %(columns)s.")
        plan.warnings.append(Problem(0, words % {"columns": ", ".join(table.unknown)}))
    planner = Planner(plan, Register.of_members(known), start, update_by_name=update_by_name)
    for row in table.rows:
        planner.add(read_member_row(row))
    return plan


class Planner:
    """Goes through the rows, knowing the members that are there and the rows before."""

    def __init__(
        self, plan: Plan, members: Register, start: datetime.date | None, *, update_by_name: bool
    ) -> None:
        self.plan = plan
        self.start = start
        self.update_by_name = update_by_name
        self.members = members
        self.earlier = Register()
        self.row_of_member: dict[int, int] = {}

    def add(self, row: MemberRow) -> None:
        try:
            if wrong := [*row.errors, *_field_errors(row)]:
                raise ValidationError(wrong)
            member = self._find(row)
            self._refuse_twice(row, member)
            planned = self._change(row, member) if member else self._addition(row)
            self.plan.rows.append(planned)
        except ValidationError as error:
            self.plan.errors += [Problem(row.number, text) for text in in_words(error)]
        self._remember(row)

    def _find(self, row: MemberRow) -> Member | None:
        """The member this row is about. Raises `ValidationError` when that is not certain."""
        match = self._match(self.members, row)
        for other in match.others:
            words = _("%(member)s has the same website or name but another ROR: taken as another.")
            self._warn(row, words % {"member": other.member})
        entries = in_consortium(match.entries, self.plan.consortium) or match.entries
        if not entries:
            return None
        if len(entries) > 1:
            names = ", ".join(str(entry.member) for entry in entries)
            words = _("This could be any of several members that are here: %(names)s.")
            raise ValidationError(words % {"names": names})
        if match.how == "identifier" and entries[0].is_other_than(row.identifiers):
            words = _("%(member)s has one of these identifiers but another ROR. Which is right?")
            raise ValidationError(words % {"member": entries[0].member})
        if match.how == "name" and not self.update_by_name:
            raise ValidationError(
                _(
                    "%(member)s is here already under the same name. Give its ROR or website, "
                    "or allow members to be updated by name alone."
                )
                % {"member": entries[0].member}
            )
        return entries[0].member

    def _refuse_twice(self, row: MemberRow, member: Member | None) -> None:
        earlier = self.row_of_member.get(member.pk) if member else None
        match = self._match(self.earlier, row)
        # Two institutes may share a website when their identifiers tell them apart.
        if (
            match.how == "identifier"
            or (match.entries and not (member or row.identifiers))
            or (match.how == "name" and not member)
        ):
            earlier = match.entries[0].row
        if earlier:
            raise ValidationError(_("This is the same organisation as in row %s.") % earlier)
        if member:
            self.row_of_member[member.pk] = row.number

    def _match(self, register: Register, row: MemberRow) -> Match:
        website = row.information.get("website", "")
        return register.find(identifiers=row.identifiers, website=website, names=row.names)

    def _remember(self, row: MemberRow) -> None:
        host = website_host(row.information.get("website", ""))
        pairs = frozenset(row.identifiers)
        self.earlier.add(Entry(None, row.number, pairs, host, plain_names(row.names)))

    def _addition(self, row: MemberRow) -> PlannedRow:
        missing = [name for name in _NEEDED if not row.information.get(name)]
        if missing:
            words = _("A new member needs: %(columns)s.")
            raise ValidationError(words % {"columns": ", ".join(missing)})
        information = {"display_name": row.information["legal_name"], **row.information}
        fields = assign_information(Member(), cast("Information", information))
        return PlannedRow(
            number=row.number,
            action="add",
            name=information["display_name"],
            fields=fields,
            identifiers=tuple(row.identifiers),
            joins=True,
            start=row.start or self.start,
        )

    def _change(self, row: MemberRow, member: Member) -> PlannedRow:
        fields = assign_information(copy.copy(member), cast("Information", row.information))
        held = {(identifier.scheme, identifier.value) for identifier in member.identifiers.all()}
        new = tuple(pair for pair in row.identifiers if pair not in held)
        joins = self._joins(row, member)
        return PlannedRow(
            number=row.number,
            action="change" if fields or new or joins else "none",
            name=str(member),
            member_id=member.pk,
            version=member.version,
            fields=fields,
            identifiers=new,
            joins=joins,
            start=row.start or self.start,
        )

    def _joins(self, row: MemberRow, member: Member) -> bool:
        """Whether it needs a period in the consortium; one in another stands in the way."""
        for period in member.memberships.all():
            if period.status == Membership.Status.ENDED:
                continue
            if period.consortium_id != self.plan.consortium.pk:
                words = _("%(member)s is a member elsewhere at present: %(where)s.")
                where = period.consortium or _("direct member")
                raise ValidationError(words % {"member": member, "where": where})
            if row.start and row.start != period.start:
                words = _("The membership starts %(old)s here; the file’s %(new)s was left out.")
                values = {"old": period.start or _("on an unknown day"), "new": row.start}
                self._warn(row, words % values)
            return False
        check_no_overlap(
            Membership(
                member=member, consortium=self.plan.consortium, start=row.start or self.start
            )
        )
        return True

    def _warn(self, row: MemberRow, message: str) -> None:
        self.plan.warnings.append(Problem(row.number, message))


def _field_errors(row: MemberRow) -> list[str]:
    """What is wrong with the row's own values, whichever member it turns out to be about."""
    try:
        assign_information(Member(), cast("Information", row.information))
    except ValidationError as error:
        return in_words(error)
    return []


def in_words(error: ValidationError) -> list[str]:
    """The messages, each with the column it is about."""
    if not hasattr(error, "error_dict"):
        return error.messages
    return [f"{name}: {text}" for name, texts in error.message_dict.items() for text in texts]
