"""From an e-mail address to an iD, by ORCID's public search (rule C2).

Only addresses that are verified *and* public are found there, so that a miss means nothing; and a
hit is unauthenticated until its owner signs in: it must never sign anybody in (C4).
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from integrations.orcid import http, public
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
from integrations.orcid.ids import is_orcid

# Enough to see that there is more than one.
ROWS = 10


@dataclass(frozen=True)
class FoundPerson:
    """A person as the registry shows them in public; names are empty where they are not."""

    orcid: str
    given_names: str = ""
    family_name: str = ""
    credit_name: str = ""

    @property
    def display_name(self) -> str:
        """The published name, else given and family name, else the iD."""
        return self.credit_name or f"{self.given_names} {self.family_name}".strip() or self.orcid


def find_by_email(email: str) -> FoundPerson | None:
    """The one person whose public record shows this address; None for nobody, or for several.

    ORCID compares addresses case by case, so it is asked for the address as typed and in lower
    case, in one query. Raises `OrcidUnavailable`.
    """
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        return None
    wanted = dict.fromkeys([email, email.lower()])
    query = " OR ".join(f"email:{_quoted(address)}" for address in wanted)
    try:
        answer = public.read_public("/expanded-search", params={"q": query, "rows": str(ROWS)})
    except OrcidRefused as error:
        raise OrcidUnavailable(f"ORCID refused the search ({error.status}).") from error
    people = {person.orcid: person for person in _people(answer, email)}
    return people.popitem()[1] if len(people) == 1 else None


def _quoted(value: str) -> str:
    """A Lucene phrase: between quotes only the quote and the backslash have a meaning."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _people(answer: dict[str, Any], email: str) -> list[FoundPerson]:
    rows = answer.get("expanded-result") or []  # null when nothing was found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise OrcidUnavailable("ORCID's search result cannot be read.")
    return [_person(row) for row in rows if _shows(row, email)]


def _shows(row: dict[str, Any], email: str) -> bool:
    """Whether the row is about this address at all, whatever the search engine thought."""
    shown = row.get("email") or []
    return not shown or email.casefold() in [str(address).casefold() for address in shown]


def _person(row: dict[str, Any]) -> FoundPerson:
    orcid = http.text(row, "orcid-id")
    if not is_orcid(orcid):
        raise OrcidUnavailable("ORCID's search result holds an impossible iD.")
    given, family, credit = (
        http.shown(row.get(key)) for key in ("given-names", "family-names", "credit-name")
    )
    return FoundPerson(orcid, given, family, credit)
