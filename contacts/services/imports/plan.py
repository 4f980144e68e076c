"""What a file would bring in; writes nothing and asks nobody outside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.import_columns import ATTRIBUTES, MEMBER_COLUMNS, NAMES, PROBLEM
from contacts.import_rows import Entry, read_entries
from contacts.services.imports.finder import MemberFinder
from contacts.services.imports.houses import House, judge, load_houses
from contacts.services.imports.people import Person, unite
from members.models import Consortium, Member
from members.services.imports.plan import Problem
from members.sheets import Table, read_table


@dataclass
class Plan:
    """`people` may be brought in, `present` are there already; rows with errors are left out."""

    consortium: Consortium
    people: list[Person] = field(default_factory=list)
    present: list[Person] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    table: Table = field(default_factory=lambda: Table([], [], []))

    @property
    def failing_rows(self) -> set[int]:
        return {problem.row for problem in self.errors if problem.row}

    @property
    def is_readable(self) -> bool:
        """Not so when the file as a whole is none."""
        return all(problem.row for problem in self.errors)

    @property
    def member_count(self) -> int:
        return len({person.member.pk for person in self.people})

    def left_out(self) -> list[list[str]]:
        """The failing rows as a table that can be put right and brought in again."""
        reasons: dict[int, list[str]] = {}
        for problem in self.errors:
            reasons.setdefault(problem.row, []).append(problem.message)
        columns = [column for column in self.table.columns if column != PROBLEM]
        header = [self.table.headers.get(column, column) for column in columns]
        rows = [
            [*(row.cells.get(column, "") for column in columns), " ".join(reasons[row.number])]
            for row in self.table.rows
            if row.number in reasons
        ]
        return [[*header, "Problem"], *rows] if rows else []


def plan_contacts(file: IO[bytes], consortium: Consortium, *, is_lead: bool) -> Plan:
    """Read the file (CSV or XLSX) and say whom it would bring in; every error is on its row.

    `is_lead`: judged by what the lead may do, else by what the operator may (ADR 0030).
    """
    plan = Plan(consortium)
    try:
        plan.table = read_table(file, NAMES)
        _check_columns(plan.table)
    except ValidationError as error:
        plan.errors = [Problem(0, message) for message in error.messages]
        return plan
    if plan.table.unknown:
        words = _("These columns are not known and were left out: %(columns)s.")
        plan.warnings.append(Problem(0, words % {"columns": ", ".join(plan.table.unknown)}))
    entries = _placed(plan, MemberFinder(consortium))
    houses = load_houses({member.pk: member for member, _entry in entries}.values())
    people = unite(_with_identity(plan, entries, houses))
    judge(people, houses, is_lead=is_lead)
    _sort(plan, people)
    return plan


def _check_columns(table: Table) -> None:
    if not MEMBER_COLUMNS & set(table.columns):
        raise ValidationError(_("No column says which member: call one “Member” or “ROR”."))
    if not any(column in ATTRIBUTES or "." in column for column in table.columns):
        raise ValidationError(_("No column names a person: call one “Name”, one “Email”."))


def _placed(plan: Plan, finder: MemberFinder) -> list[tuple[Member, Entry]]:
    """Everybody whose member is found; the others' rows have an error."""
    is_wide = not set(ATTRIBUTES) & set(plan.table.columns)
    found = []
    for row in plan.table.rows:
        for entry in read_entries(row, is_wide=is_wide):
            try:
                found.append((finder.find(entry), entry))
            except ValidationError as error:
                entry.errors += error.messages
                plan.errors += [Problem(entry.number, text) for text in entry.errors]
    return found


def _with_identity(
    plan: Plan, entries: Iterable[tuple[Member, Entry]], houses: dict[int, House]
) -> Iterable[tuple[Member, Entry]]:
    """Without address and iD nobody can be told apart from others of the same name."""
    for member, entry in entries:
        if entry.email or entry.orcid:
            yield member, entry
        elif houses[member.pk].signed_without_id(entry) and not entry.errors:
            plan.present.append(Person(member, family_name=entry.name, rows=[entry.number]))
        else:
            errors = entry.errors or [_("%s has no e-mail address.") % entry.name]
            plan.errors += [Problem(entry.number, text) for text in errors]


def _sort(plan: Plan, people: Iterable[Person]) -> None:
    for person in people:
        first, *others = person.rows
        plan.warnings += [Problem(first, text) for text in person.warnings]
        if person.errors:
            plan.errors += [Problem(first, text) for text in dict.fromkeys(person.errors)]
            words = _("Belongs to the person of row %s, which has an error.") % first
            plan.errors += [Problem(row, words) for row in others]
        elif person.is_present:
            plan.present.append(person)
        else:
            plan.people.append(person)
    for problems in (plan.errors, plan.warnings):
        problems.sort(key=lambda problem: problem.row)
