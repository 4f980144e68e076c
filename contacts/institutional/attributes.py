"""From what an institution says about a person to what the portal keeps: who, name, e-mail, affiliation.

Each institution has its own names for these; where the operator named none, the usual ones count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contacts.institutional.problems import InstitutionFailed, Problem
from contacts.models import InstitutionalSignIn
from members.text import is_email, one_line

UID_LENGTH = 191
NAME_LENGTH = 200
MOST_VALUES = 20
MOST_NAMES = 100
VALUE_LENGTH = 250
# The name under which the operator asks for a SAML subject that is no attribute.
NAME_ID = "NameID"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

# SAML's formal names of what operators call by its short name.
FORMAL = {
    "subject-id": "urn:oasis:names:tc:SAML:attribute:subject-id",
    "pairwise-id": "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    "eduPersonUniqueId": "urn:oid:1.3.6.1.4.1.5923.1.1.1.13",
    "eduPersonPrincipalName": "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    "eduPersonTargetedID": "urn:oid:1.3.6.1.4.1.5923.1.1.1.10",
    "eduPersonAffiliation": "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
    "eduPersonScopedAffiliation": "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
    "displayName": "urn:oid:2.16.840.1.113730.3.1.241",
    "cn": "urn:oid:2.5.4.3",
    "givenName": "urn:oid:2.5.4.42",
    "sn": "urn:oid:2.5.4.4",
    "mail": "urn:oid:0.9.2342.19200300.100.1.3",
}
# What stands for it where the operator named nothing: the first that is there. A name of several
# words is put together from several attributes.
USUAL: dict[str, dict[str, list[str]]] = {
    "oidc": {
        "identifier": ["sub"],
        "name": ["name", "given_name family_name"],
        "email": ["email"],
        "affiliation": ["eduperson_scoped_affiliation", "eduperson_affiliation"],
    },
    "saml": {
        "identifier": ["subject-id", "pairwise-id"],
        "name": ["displayName", "givenName sn", "cn"],
        "email": ["mail"],
        "affiliation": ["eduPersonScopedAffiliation", "eduPersonAffiliation"],
    },
}


@dataclass(frozen=True)
class Subject:
    """What SAML says a statement is about, beside the attributes."""

    name_id: str = ""
    name_id_format: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody as an institution has just described them."""

    uid: str
    name: str
    email: str
    # None where the institution says nothing about it.
    affiliations: list[str] | None
    said: list[str]  # the names of all it said


def read_person(
    sign_in: InstitutionalSignIn,
    said: Mapping[str, Sequence[str]],
    subject: Subject | None = None,
) -> Person:
    """Raises `InstitutionFailed` when nothing identifies the person for good."""
    affiliations = _find(sign_in, "affiliation", said)
    email = (_find(sign_in, "email", said) or [""])[0]
    return Person(
        uid=_identifier(sign_in, said, subject),
        name=one_line((_find(sign_in, "name", said) or [""])[0])[:NAME_LENGTH],
        email=email if is_email(email) else "",
        affiliations=None if affiliations is None else _short(affiliations),
        said=[name for name in _short(sorted(said), MOST_NAMES) if name],
    )


def wanted(sign_in: InstitutionalSignIn, what: str) -> list[str]:
    """The names of attributes that count as identifier, name, e-mail or affiliation."""
    named = getattr(sign_in, f"{what}_attribute").strip()
    return [named] if named else USUAL[sign_in.protocol][what]


def belongs(sign_in: InstitutionalSignIn, values: Sequence[str]) -> bool:
    """Whether one of the values says that the person belongs to the institution.

    A scoped value (`staff@uni.example`) counts by the word before the scope.
    """
    count = {value.casefold() for value in sign_in.affiliation_values.split()}
    return any(value.partition("@")[0].strip().casefold() in count for value in values)


def _identifier(
    sign_in: InstitutionalSignIn, said: Mapping[str, Sequence[str]], subject: Subject | None
) -> str:
    if sign_in.identifier_attribute.strip() == NAME_ID:
        uid = subject.name_id if subject else ""
    else:
        values = _find(sign_in, "identifier", said) or []
        if len(values) > 1:
            raise InstitutionFailed(Problem.NO_IDENTIFIER, "several identifiers")
        uid = values[0] if values else ""
        is_lasting = subject is not None and subject.name_id_format == PERSISTENT
        if not uid and not sign_in.identifier_attribute and subject and is_lasting:
            uid = subject.name_id
    # One that would be stored as something else is none.
    if not uid or len(uid) > UID_LENGTH or uid != one_line(uid):
        raise InstitutionFailed(Problem.NO_IDENTIFIER, "no identifier, or a very odd one")
    return uid


def _short(values: Sequence[str], most: int = MOST_VALUES) -> list[str]:
    """As they are kept, and shown: an institution may say anything, at any length."""
    return [one_line(value)[:VALUE_LENGTH] for value in values[:most]]


def _find(
    sign_in: InstitutionalSignIn, what: str, said: Mapping[str, Sequence[str]]
) -> list[str] | None:
    for name in wanted(sign_in, what):
        words = name.split() or [name]
        parts = [_values(said, word) for word in words]
        if all(parts):
            return parts[0] if len(parts) == 1 else [" ".join(part[0] for part in parts)]
    return None


def _values(said: Mapping[str, Sequence[str]], name: str) -> list[str]:
    found = said.get(name) or said.get(FORMAL.get(name, "")) or []
    return [value.strip() for value in found if value.strip()]
