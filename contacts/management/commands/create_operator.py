"""`manage.py create_operator --email …`: somebody who signs in with a password and operates."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from contacts.services.operator import create_operator


class Command(BaseCommand):
    help = (
        "Make an operator, who signs in with e-mail address and password and works in /admin/. "
        "The password is asked for, or taken from the environment variable OPERATOR_PASSWORD."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="As it stands in the history.")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("OPERATOR_PASSWORD") or self._ask()
        try:
            create_operator(email=options["email"], password=password, name=options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{options['email']} can sign in and operate the portal.")

    def _ask(self) -> str:
        password = getpass("Password: ")
        if password != getpass("Password again: "):
            raise CommandError("The two passwords differ.")
        return password
