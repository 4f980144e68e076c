"""`manage.py load_demo`: a fictional consortium to look at and to try things with."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo import data, loader


class Command(BaseCommand):
    help = "Load the demo consortium: fictional members, people and their history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, when there is data"
        )
        parser.add_argument(
            "--force", action="store_true", help="load it beside the data that is there"
        )
        parser.add_argument("--operator-password", help="one is made up if not given")

    def handle(self, **options: Any) -> None:
        if loader.is_loaded():
            self.stdout.write("The demo is loaded already. Nothing was changed.")
        elif loader.database_is_empty() or options["force"]:
            self._load(options["operator_password"])
        elif not options["if_empty"]:
            raise CommandError(
                "This database holds data, and the demo was not loaded. "
                "Use --force to load it beside them, never in production."
            )

    def _load(self, given: str | None) -> None:
        password = given or secrets.token_urlsafe(12)
        loader.load(operator_password=password)
        members = len(data.demo()["members"])
        self.stdout.write(f"Demo loaded: {members} members.")
        if not given:
            email = data.demo()["operator"]["email"]
            self.stdout.write(f"The operator signs in as {email} with the password {password}")
