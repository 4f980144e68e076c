"""Whose iD is public at ORCID? Asked before anything is stored, never inside a transaction (H1)."""

import logging
from collections.abc import Iterable

from allauth.account.models import EmailAddress

from contacts.services.imports.people import Person
from integrations.orcid import directory
from integrations.orcid.directory import FoundPerson
from integrations.orcid.errors import OrcidError

log = logging.getLogger(__name__)
_MOST_FAILURES = 3


class LookUps:
    """Asks for each address once; gives up when ORCID does not answer: who is left is invited."""

    def __init__(self) -> None:
        self.asked = 0
        self._failures = 0
        self._answers: dict[str, FoundPerson | None] = {}

    def of(self, people: Iterable[Person]) -> dict[str, FoundPerson]:
        """The persons found, by address.

        Left out: whose iD is not the file's hint (C4), and addresses that somebody here has proved
        with another iD, who counts more than a search (C2).
        """
        asked = {person.email: person for person in people if person.email}
        proved = self._proved(asked)
        found = {}
        for email, person in asked.items():
            answer = self._ask(email)
            if answer is None or (person.orcid and person.orcid != answer.orcid):
                continue
            if proved.get(email, answer.orcid) == answer.orcid:
                found[email] = answer
        return found

    def _ask(self, email: str) -> FoundPerson | None:
        if email in self._answers:
            return self._answers[email]
        if self._failures >= _MOST_FAILURES:
            return None
        try:
            self._answers[email] = directory.find_by_email(email)
        except OrcidError:
            self._failures += 1
            log.warning("ORCID could not be asked for an address of an import.")
            return None
        self._failures = 0
        self.asked += 1
        return self._answers[email]

    @staticmethod
    def _proved(emails: Iterable[str]) -> dict[str, str]:
        rows = EmailAddress.objects.filter(email__in=list(emails), verified=True)
        rows = rows.filter(user__is_active=True).exclude(user__orcid=None)
        return {email.lower(): orcid for email, orcid in rows.values_list("email", "user__orcid")}
