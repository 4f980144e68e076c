"""Bring the contacts of a consortium in from a CSV or XLSX file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contacts.models import ContactImport
from contacts.services.imports.applying import bring_in
from contacts.services.imports.people import Person
from contacts.services.imports.plan import Plan, plan_contacts
from contacts.services.imports.sending import carry_on, send_import
from members.actors import Actor
from members.models import Consortium


class Command(BaseCommand):
    help = (
        "Makes an invitation for each person and member of a CSV or XLSX file, with all their "
        "roles. Either one row per person (Member, Name, Email, ORCID iD, Voting contact, Role) "
        "or one row per member with columns per role (Main contact name, Main contact e-mail, "
        "Licencee …). Nothing is mailed before it is sent, here (--send) or on the lead’s page. "
        "Rows with errors are left out and shown; the others are brought in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--consortium", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="Only show what would be done.")
        parser.add_argument(
            "--look-up",
            action="store_true",
            help="Ask ORCID for each address: who shows it publicly becomes a contact at once.",
        )
        parser.add_argument(
            "--send", action="store_true", help="Mail the invitations when they are made."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self._plan(options["file"], options["consortium"])
        for warning in plan.warnings:
            self.stderr.write(f"Note. {warning}")
        self._show_errors(plan)
        if not plan.is_readable:
            raise CommandError("Nothing was brought in.")
        for person in plan.people:
            self.stdout.write(_in_words(person))
        if options["dry_run"]:
            self.stdout.write(f"Dry run, nothing was saved. {_sum(plan)}")
        elif plan.people:
            self._bring_in(plan, options)
        else:
            self.stdout.write(f"Nothing to bring in. {_sum(plan)}")
        if plan.errors:
            raise CommandError(f"{len(plan.failing_rows)} rows were left out: put them right.")

    def _bring_in(self, plan: Plan, options: dict[str, Any]) -> None:
        by = Actor.importer()
        before = len(plan.errors)
        into = bring_in(
            plan=plan, file_name=options["file"].name, by=by, look_up=options["look_up"]
        )
        self._show_errors(plan, start=before)
        self.stdout.write(self.style.SUCCESS(_done(into)))
        if options["send"]:
            send_import(import_id=into.pk, by=by)
            # Mails become rows here and now; a worker delivers them.
            number = carry_on(import_id=into.pk)
            self.stdout.write(self.style.SUCCESS(f"{number} mails are on their way."))
        else:
            self.stdout.write("Nothing has been mailed: the lead sends it, or use --send.")

    def _show_errors(self, plan: Plan, start: int = 0) -> None:
        for problem in plan.errors[start:]:
            self.stderr.write(self.style.ERROR(str(problem)))

    def _plan(self, file: Path, slug: str) -> Plan:
        consortium = Consortium.objects.filter(slug=slug).first()
        if consortium is None:
            known = ", ".join(Consortium.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no consortium “{slug}”. There are: {known}.")
        try:
            with file.open("rb") as opened:
                return plan_contacts(opened, consortium, is_lead=False)
        except OSError as error:
            raise CommandError(f"The file cannot be opened: {error}") from error


def _in_words(person: Person) -> str:
    rows = ", ".join(map(str, person.rows))
    who = f"{person.name} <{person.email}>" if person.name else person.email
    return f"Row {rows}: {who}, {person.member}: {'; '.join(person.role_names)}"


def _sum(plan: Plan) -> str:
    return (
        f"People: {len(plan.people)} to bring in at {plan.member_count} members, "
        f"{len(plan.present)} there already; {len(plan.failing_rows)} rows with errors."
    )


def _done(into: ContactImport) -> str:
    return (
        f"{into.invitations.count()} invitations and {into.added.count()} contacts made, "
        f"{into.present} people there already, {into.left_out} rows left out."
    )
