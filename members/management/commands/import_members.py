"""Bring members into a consortium from a CSV or XLSX file."""

import datetime
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from members.actors import Actor
from members.import_rows import COLUMNS
from members.models import Consortium
from members.services.imports.applying import apply_import
from members.services.imports.plan import Plan, PlannedRow, plan_import


class Command(BaseCommand):
    help = (
        "Adds the members of a CSV or XLSX file to a consortium and updates those that are there. "
        f"Columns, in any order: {', '.join(COLUMNS)}. Empty cells change nothing. "
        "Nothing is applied while any row has an error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--consortium", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="Only show what would change.")
        parser.add_argument(
            "--start",
            type=_day,
            metavar="YYYY-MM-DD",
            help="When membership starts, for rows that do not say. Without it: not known.",
        )
        parser.add_argument(
            "--update-by-name",
            action="store_true",
            help="Take a member with the same name for the same, without identifier or website.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self._plan(**options)
        for warning in plan.warnings:
            self.stderr.write(f"Note. {warning}")
        if plan.errors:
            lines = "\n".join(str(problem) for problem in plan.errors)
            raise CommandError(f"{lines}\nNothing was imported: put these right first.")
        for row in plan.changes:
            self.stdout.write(_in_words(row))
        if options["dry_run"]:
            self.stdout.write(f"Dry run, nothing was saved. {_sum(plan)}")
            return
        try:
            apply_import(plan, Actor.importer())
        except ValidationError as error:
            lines = "\n".join(error.messages)
            raise CommandError(f"{lines}\nNothing was imported.") from error
        self.stdout.write(self.style.SUCCESS(_sum(plan)))

    def _plan(
        self,
        *,
        file: Path,
        consortium: str,
        start: datetime.date | None,
        update_by_name: bool,
        **_options: Any,
    ) -> Plan:
        into = Consortium.objects.filter(slug=consortium).first()
        if into is None:
            known = ", ".join(Consortium.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no consortium “{consortium}”. There are: {known}.")
        try:
            with file.open("rb") as opened:
                return plan_import(opened, into, start=start, update_by_name=update_by_name)
        except OSError as error:
            raise CommandError(f"The file cannot be opened: {error}") from error


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("write the day as year-month-day, such as 2024-07-31") from error


def _in_words(row: PlannedRow) -> str:
    if row.action == "add":
        given = ", ".join(value for _scheme, value in row.identifiers)
        return f"Row {row.number}: add {row.name}{f' ({given})' if given else ''}"
    parts = [f"{name} “{old}” → “{new}”" for name, (old, new) in row.fields.items()]
    parts += [f"add {scheme} {value}" for scheme, value in row.identifiers]
    if row.joins:
        parts.append(f"membership from {row.start or 'an unknown day'}")
    return f"Row {row.number}: change {row.name}: {'; '.join(parts)}"


def _sum(plan: Plan) -> str:
    if not plan.changes:
        return f"Nothing to change: {plan.count('none')} members are as in the file."
    return (
        f"Members: {plan.count('add')} added, {plan.count('change')} changed, "
        f"{plan.count('none')} as they were."
    )
