"""What the rows of a contacts' file say of people, typed and checked one by one.

A row of one layout names one person; of the other, a member's people by their roles. Every error is
collected beside its person, nothing is raised.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.import_columns import ATTRIBUTES, role_of
from contacts.models import Role
from integrations.orcid.ids import parse_orcid
from members.sheets import Row

_YES = {"yes", "y", "true", "1", "x", "✓", "✔", "☑", "ja", "oui", "sí", "si", "sim"}
_NO = {"no", "n", "false", "0", "-", "–", "—", "none", "n/a", "nein", "non", "não"}
_BETWEEN_ROLES = re.compile(r"[;,|/+\n]|\s(?:and|&)\s", re.IGNORECASE)
_BETWEEN_PEOPLE = re.compile(r"[;|\n]")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
# Nothing is cut silently: what is longer than its column is an error (formats.md section 2).
_MOST = {
    "given_names": (gettext_lazy("Given names"), 40),
    "family_name": (gettext_lazy("Family name"), 80),
    "job_title": (gettext_lazy("Job title"), 128),
    "phone": (gettext_lazy("Phone"), 40),
    "email": (gettext_lazy("E-mail"), 254),
}


@dataclass
class Entry:
    """One person as one row gives them. `votes`: the column *Voting contact* says yes."""

    number: int
    member: str = ""
    ror: str = ""
    slug: str = ""
    given_names: str = ""
    family_name: str = ""
    email: str = ""
    orcid: str = ""
    job_title: str = ""
    phone: str = ""
    roles: set[Role] = field(default_factory=set)
    votes: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()


def read_entries(row: Row, *, is_wide: bool) -> list[Entry]:
    """The people of a row; in the wide layout (no columns of one person's own) there may be none."""
    cells = {column: cell for column, cell in row.cells.items() if cell}
    places, ticked, errors = _read_places(cells)
    entries = [_entry_of_place(row, role, person) for role, person in places]
    if row.errors or errors or not is_wide:
        entries.append(_own_entry(row, cells, ticked, errors))
    return entries


def _own_entry(row: Row, cells: dict[str, str], ticked: set[Role], errors: list[str]) -> Entry:
    entry = _entry_at(row)
    entry.errors = [*row.errors, *errors]
    entry.roles = set(ticked)
    if "role" in row.cells and Role.VOTING in ticked:
        # Beside a column of roles it says who votes, which the Main does without the role (R4).
        entry.roles.remove(Role.VOTING)
        entry.votes = True
    _read_roles(entry, cells.get("role", ""))
    _read_person(entry, {name: cells[name] for name in ATTRIBUTES if name in cells})
    return entry


def _entry_of_place(row: Row, role: Role, person: dict[str, str]) -> Entry:
    entry = _entry_at(row)
    entry.roles = {role}
    _read_person(entry, person)
    # One row holds several people: say whom the error is about.
    entry.errors = [f"{role.label}: {message}" for message in entry.errors]
    return entry


def _entry_at(row: Row) -> Entry:
    get = row.cells.get
    return Entry(row.number, get("member", ""), get("ror", ""), get("slug", ""))


_Place = tuple[Role, dict[str, str]]
_Found = dict[tuple[Role, int], list[dict[str, str]]]


def _read_places(cells: dict[str, str]) -> tuple[list[_Place], set[Role], list[str]]:
    """The people that stand in columns of roles, the roles that are ticked, and what is wrong."""
    found: _Found = defaultdict(list)
    attributes: dict[tuple[Role, int], dict[str, str]] = defaultdict(dict)
    ticked: set[Role] = set()
    for column, cell in cells.items():
        if "." not in column:
            continue
        value, number, attribute = column.split(".")
        role = Role(value)
        if attribute != "person":
            attributes[role, int(number)][attribute] = cell
        elif cell.casefold() in _YES:
            ticked.add(role)
        elif cell.casefold() not in _NO:
            found[role, int(number)] = _people_in(cell)
    errors = _unite_places(found, attributes)
    _fill_in_by_name([person for people in found.values() for person in people])
    # `Technical contact: yes` beside `Technical contact e-mail` says nothing of another person.
    return (
        [(role, person) for role in Role for person in _of(role, found)],
        ticked - {role for role, _number in found},
        errors,
    )


def _of(role: Role, found: _Found) -> Iterator[dict[str, str]]:
    for key in sorted(key for key in found if key[0] == role):
        yield from found[key]


def _people_in(cell: str) -> list[dict[str, str]]:
    """`Ada Lovelace <ada@uni.example>; Grace …`; a text without address is a name."""
    parts = [part.strip() for part in _BETWEEN_PEOPLE.split(cell)]
    if any(len(_ADDRESS.findall(part)) > 1 for part in parts):
        parts = [part.strip() for part in re.split(r"[;|\n,]", cell)]
    return [_person_in(part) for part in parts if part]


def _person_in(text: str) -> dict[str, str]:
    address = _ADDRESS.search(text.replace("mailto:", ""))
    if not address:
        return {"name": text}
    name = text.replace("mailto:", "").replace(address[0], " ")
    name = " ".join(re.sub(r"[<>()\[\]\"]", " ", name).split()).strip(" ,:")
    return {"name": name, "email": address[0]} if name else {"email": address[0]}


def _unite_places(
    found: _Found,
    attributes: dict[tuple[Role, int], dict[str, str]],
) -> list[str]:
    """Put what columns such as `Main contact e-mail` say to the person of `Main contact`."""
    errors = []
    for key, person in attributes.items():
        people = found[key]
        if len(people) > 1:
            errors.append(
                _("%(role)s: several people in one cell, and further columns about one.")
                % {"role": key[0].label}
            )
        elif people:
            people[0].update(person)
        else:
            people.append(person)
    return errors


def _fill_in_by_name(people: list[dict[str, str]]) -> None:
    """Whoever stands in a row twice may have an address in one place alone."""
    known = {person["name"]: person for person in people if "email" in person and "name" in person}
    for person in people:
        if "email" not in person and person.get("name") in known:
            person.update(known[person["name"]] | person)


def _read_roles(entry: Entry, cell: str) -> None:
    for word in filter(None, (part.strip() for part in _BETWEEN_ROLES.split(cell))):
        role = role_of(word)
        if role is None:
            entry.errors.append(
                _("“%(word)s” is no role. There are: %(all)s.")
                % {"word": word[:60], "all": ", ".join(str(role.label) for role in Role)}
            )
        else:
            entry.roles.add(role)


def _read_person(entry: Entry, person: dict[str, str]) -> None:
    given, family = split_name(person.get("name", ""))
    entry.given_names = person.get("given_names", "" if "family_name" in person else given)
    entry.family_name = person.get("family_name", "" if "given_names" in person else family)
    entry.job_title, entry.phone = person.get("job_title", ""), person.get("phone", "")
    entry.email = person.get("email", "").removeprefix("mailto:").strip().lower()
    entry.errors += _errors_of(entry, person.get("orcid", ""))
    if not (entry.errors or entry.name or entry.email or entry.orcid):
        entry.errors.append(_("The row names no person."))


def _errors_of(entry: Entry, orcid: str) -> Iterator[str]:
    if entry.email:
        try:
            validate_email(entry.email)
        except ValidationError:
            yield _("“%(email)s” is no e-mail address.") % {"email": entry.email[:100]}
    if orcid:
        entry.orcid = parse_orcid(_with_hyphens(orcid)) or ""
        if not entry.orcid:
            yield _(
                "“%(orcid)s” is no ORCID iD. Put it right or leave it empty: it is only a hint."
            ) % {"orcid": orcid[:60]}
    for name, (label, most) in _MOST.items():
        if len(getattr(entry, name)) > most:
            yield _("%(what)s: at most %(most)s characters.") % {"what": label, "most": most}


def _with_hyphens(orcid: str) -> str:
    bare = re.fullmatch(r"(.*/)?(\d{4})(\d{4})(\d{4})(\d{3}[\dXx])/?", orcid.strip())
    return "-".join(bare.groups()[1:]) if bare else orcid


def split_name(name: str) -> tuple[str, str]:
    """Given and family name of `Ada Lovelace`, `Lovelace, Ada`, `Ludwig van Beethoven`.

    The last word is the family name, with the small words right before it.
    """
    if "," in name:
        family, _comma, given = name.partition(",")
        return " ".join(given.split()), " ".join(family.split())
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1].islower():
        start -= 1
    return " ".join(words[: max(start, 0)]), " ".join(words[max(start, 0) :])
