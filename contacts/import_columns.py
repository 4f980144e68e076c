"""The columns of a contacts' file, by the names they go by (formats.md section 2).

One row per person (`Member, Name, Email, ORCID iD, Voting contact, Role`, as Self Service wrote it
and our own export does), or one row per member with columns per role, in ORCID's words or Jisc's
(*Main contact*, *Licencee*, …): `Main contact name`, `Technical contact 2 (e-mail)`, and so on.
"""

import re
from collections.abc import Iterator, Mapping

from contacts.models import Role

# What each role is called, in lower case and without punctuation.
_WORDS: dict[Role, list[str]] = {
    Role.MAIN: ["main relationship contact", "main contact", "main", "primary contact"],
    Role.SIGNATORY: ["agreement signatory", "signatory", "licencee", "licensee"],
    Role.VOTING: ["voting contact", "voting", "voting representative"],
    Role.TECHNICAL: ["technical contact", "technical", "tech contact"],
    Role.INVOICE: ["invoice contact", "invoice", "invoicing contact", "billing contact"],
    Role.COMMS: ["comms contact", "comms", "communications contact", "communications"],
    Role.PRODUCT: ["product contact", "product"],
    Role.OTHER: ["other contact", "other"],
}
_WORDS[Role.SIGNATORY] += ["licencee contact", "licensee contact"]
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words}
_BY_LENGTH = sorted(_ROLE_OF, key=len, reverse=True)

ATTRIBUTES = {
    "name": ["name", "full name"],
    "given_names": ["given names", "given name", "first name", "first names", "forename"],
    "family_name": ["family name", "last name", "surname"],
    "email": ["email", "e mail", "email address", "e mail address", "mail"],
    "orcid": ["orcid id", "orcid", "orcid identifier", "orcid uri"],
    "job_title": ["job title", "position"],
    "phone": ["phone", "telephone", "phone number", "telephone number", "tel"],
}
_ATTRIBUTE_OF = {alias: name for name, aliases in ATTRIBUTES.items() for alias in aliases}
_COLUMNS = {
    "member": [
        *("member", "member name", "organisation", "organization", "institution"),
        *("organisation name", "organization name", "institution name", "legal name"),
        *("display name", "public display name"),
    ],
    "ror": ["ror", "ror id", "member ror"],
    "slug": ["slug", "member slug"],
    "role": ["role", "roles", "contact role", "contact roles", "contact type"],
    "name": ["contact", "contact person"],
}
# What our own files hold besides: known, and not brought in again.
_PASSED_OVER = ["id authenticated", "problem", "votes", "status", "country", "community"]
_PASSED_OVER += ["member legal name", "last confirmed", "wants events", "wants newsletters"]
_PASSED_OVER += ["outside e mail domains", "state", "sent", "answered", "id compared"]
_COLUMN_OF = {alias: name for name, aliases in _COLUMNS.items() for alias in aliases}
_COLUMN_OF |= {name: f"passed over: {name}" for name in _PASSED_OVER}
PROBLEM = "passed over: problem"
MEMBER_COLUMNS = frozenset({"member", "ror", "slug"})


def role_of(word: str) -> Role | None:
    """The role that a word of a file means, in whatever case and punctuation."""
    return _ROLE_OF.get(_plain(word))


def place(role: Role, number: int, attribute: str) -> str:
    """The column about the n-th person of a role."""
    return f"{role}.{number}.{attribute}"


class _Names(Mapping[str, str]):
    """A column for each header that is understood; they are too many to list."""

    def __getitem__(self, header: str) -> str:
        plain = _plain(header)
        column = (
            _COLUMN_OF.get(plain)
            or _ATTRIBUTE_OF.get(plain.removeprefix("contact "))
            or _of_role(plain)
        )
        if not column:
            raise KeyError(header)
        return column

    def __iter__(self) -> Iterator[str]:
        return iter([*_COLUMN_OF, *_ATTRIBUTE_OF, *_ROLE_OF])

    def __len__(self) -> int:
        return len(list(iter(self)))


NAMES = _Names()


def _plain(words: str) -> str:
    found = re.findall(r"[^\W_]+", words.casefold())
    return " ".join(word for word in found if word != "official")


def _of_role(header: str) -> str:
    """`Technical contact 2 e-mail` → `technical.2.email`; a role alone holds `person`s or ticks."""
    word = next((word for word in _BY_LENGTH if f"{header} ".startswith(f"{word} ")), "")
    rest = header.removeprefix(word).strip()
    numbers = re.findall(r"\b\d\b", rest)
    attribute = " ".join(re.sub(r"\b\d\b", " ", rest).split())
    known = _ATTRIBUTE_OF.get(attribute, "" if attribute else "person")
    if not word or not known or len(numbers) > 1:
        return ""
    return place(_ROLE_OF[word], int(numbers[0]) if numbers else 1, known)
