"""The people of a file: rows that mean the same person at the same member are one."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from contacts.import_rows import Entry
from contacts.models import PROTECTED_ROLES, Role
from contacts.services._shared import in_order
from integrations.orcid.ids import orcid_uri
from members.duplicates import plain_names
from members.models import Member


@dataclass(eq=False)
class Person:
    """One person at one member, with everything their rows say."""

    member: Member
    email: str = ""
    orcid: str = ""
    given_names: str = ""
    family_name: str = ""
    job_title: str = ""
    phone: str = ""
    rows: list[int] = field(default_factory=list)
    wanted: set[Role] = field(default_factory=set)
    votes: bool = False
    is_present: bool = False
    is_outside: bool = False
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def roles(self) -> list[str]:
        """In ORCID's order. Whoever votes has the role, but for the Main, whose vote follows (R4)."""
        extra = {Role.VOTING} if self.votes and Role.MAIN not in self.wanted else set()
        return in_order(self.wanted | extra) or [str(Role.OTHER)]

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    def take(self, entry: Entry) -> None:
        """Unite with a further row."""
        if self.name and entry.name and plain_names([self.name]) != plain_names([entry.name]):
            words = _("Row %(row)s has the same address or iD, and another name: %(name)s.")
            self.warnings.append(words % {"row": entry.number, "name": entry.name})
        if self.orcid and entry.orcid and self.orcid != entry.orcid:
            words = _("Row %(row)s has the same address, and another iD: %(orcid)s.")
            self.errors.append(words % {"row": entry.number, "orcid": orcid_uri(entry.orcid)})
        if self.email and entry.email and self.email != entry.email:
            words = _("Row %(row)s has the same iD, and another address: %(email)s is left out.")
            self.warnings.append(words % {"row": entry.number, "email": entry.email})
        self.orcid, self.email = self.orcid or entry.orcid, self.email or entry.email
        if not self.name:
            self.given_names, self.family_name = entry.given_names, entry.family_name
        self.job_title = self.job_title or entry.job_title
        self.phone = self.phone or entry.phone
        self.wanted |= entry.roles
        self.votes = self.votes or entry.votes
        self.errors += entry.errors
        if entry.number not in self.rows:
            self.rows.append(entry.number)


def unite(entries: Iterable[tuple[Member, Entry]]) -> list[Person]:
    """One person for each address, or iD, at each member; in the order of the file."""
    people: list[Person] = []
    known: dict[tuple[int, str], Person] = {}
    for member, entry in entries:
        keys = [(member.pk, sign) for sign in (entry.email, entry.orcid) if sign]
        person = next((known[key] for key in keys if key in known), None)
        if person is None:
            person = Person(member)
            people.append(person)
        person.take(entry)
        for key in keys:
            known.setdefault(key, person)
    check_roles_once(people)
    return people


def check_roles_once(people: Iterable[Person]) -> None:
    """R1 within the file: a protected role that two people have is an error at both."""
    claims: dict[tuple[int, Role], list[Person]] = {}
    for person in people:
        for role in PROTECTED_ROLES & set(map(Role, person.roles)):
            claims.setdefault((person.member.pk, role), []).append(person)
        if person.votes and Role.VOTING not in person.roles:
            claims.setdefault((person.member.pk, Role.VOTING), []).append(person)
    for (_member, role), claimants in claims.items():
        if len(claimants) < 2:
            continue
        rows = ", ".join(str(row) for person in claimants for row in person.rows)
        words = _("%(role)s is one person; in the file several are: rows %(rows)s.")
        for person in claimants:
            person.errors.append(words % {"role": role.label, "rows": rows})
