"""`manage.py take_second_factor --email …`: for somebody who has lost their phone and their codes."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from contacts.models import User
from contacts.services.security import take_second_factor


class Command(BaseCommand):
    help = (
        "Take the second factor away from the person with this address or iD, who has lost it: check "
        "first that it is they. They are signed out everywhere, and told by mail. An operator sets up "
        "a new one at the next sign-in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("--email", default="")
        whom.add_argument("--orcid", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        user = _find(options["email"], options["orcid"])
        if user is None:
            raise CommandError("There is no account with this address, or this iD.")
        if not take_second_factor(user_id=user.pk):
            raise CommandError(f"{user} has no second factor.")
        self.stdout.write(f"{user} signs in without a second factor now.")


def _find(email: str, orcid: str) -> User | None:
    if orcid:
        return User.objects.filter(orcid=orcid).first()
    proved = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    return User.objects.filter(Q(email__iexact=email) | Q(pk__in=proved)).first()
