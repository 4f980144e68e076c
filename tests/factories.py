"""Typed makers of test data: keyword defaults, each returns the saved model."""

import datetime
import itertools
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.text import slugify

from contacts.models import Contact, Role, RoleAssignment, User
from integrations.orcid.ids import check_character
from integrations.orcid.models import Connection, Credential
from integrations.works.models import Grant, Work
from members.models import Consortium, Member, Membership

_numbers = itertools.count(1)
LONG_AGO = datetime.date(2019, 1, 1)


def ago(days: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def new_orcid() -> str:
    """An iD nobody else has, with a valid check character."""
    digits = f"00000003{next(_numbers):07d}"
    whole = digits + check_character(digits)
    return "-".join(whole[start : start + 4] for start in range(0, 16, 4))


def make_consortium(name: str = "", **fields: Any) -> Consortium:
    name = name or f"Consortium {next(_numbers)}"
    fields.setdefault("slug", slugify(name))
    return Consortium.objects.create(name=name, **fields)


def make_member(
    name: str = "",
    consortium: Consortium | None = None,
    start: datetime.date | None = LONG_AGO,
    end: datetime.date | None = None,
    **fields: Any,
) -> Member:
    """A member, with one membership period when a consortium is given (active by default)."""
    name = name or f"University {next(_numbers)}"
    defaults = {
        "display_name": name,
        "legal_name": name,
        "slug": slugify(name) or f"member-{next(_numbers)}",
        "country": "GB",
        "community": Member.Community.RESEARCH,
    }
    member = Member.objects.create(**(defaults | fields))
    if consortium is not None:
        Membership.objects.create(member=member, consortium=consortium, start=start, end=end)
    return member


def make_user(orcid: str | None = "", name: str = "", **fields: Any) -> User:
    """A person who has signed in with ORCID; `orcid=None` makes one who never did (an operator).

    Operators have a second factor, as the admin asks for one; no code fits it.
    """
    if orcid == "":
        orcid = new_orcid()
    user = User(orcid=orcid, name=name, **fields)
    user.set_unusable_password()
    user.save()
    if user.is_staff:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
    return user


def make_contact(
    member: Member, roles: list[Role] | None = None, orcid: str | None = "", **fields: Any
) -> Contact:
    """A current contact; `make_user(orcid=contact.orcid)` makes them somebody who has signed in."""
    number = next(_numbers)
    defaults = {
        "given_names": "Ada",
        "family_name": f"Person{number}",
        "email": f"person{number}@uni.example",
    }
    contact = Contact.objects.create(
        member=member, orcid=orcid or new_orcid(), **(defaults | fields)
    )
    for role in [Role.OTHER] if roles is None else roles:
        RoleAssignment.objects.create(member=member, contact=contact, role=role)
    return contact


def make_connection(orcid: str = "", **fields: Any) -> Connection:
    """A person's connection to ORCID, with tokens that no ORCID knows."""
    number = next(_numbers)
    defaults = {
        "credential": Credential.objects.own(),
        "access_token": f"access-{number}",
        "refresh_token": f"refresh-{number}",
        "scopes": ["/read-limited"],
    }
    return Connection.objects.create(orcid=orcid or new_orcid(), **(defaults | fields))


def make_work(person: User, title: str = "", **fields: Any) -> Work:
    """A work in a person's list, public and from ORCID unless told otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "origin": Work.Origin.ORCID,
        "type": "journal-article",
        "visibility": Work.Visibility.PUBLIC,
        "published": "2020",
    }
    if fields.get("origin", Work.Origin.ORCID) == Work.Origin.ORCID:
        defaults |= {"put_code": number, "source_name": "A source"}
        if fields.get("visibility", "public") == "public":
            defaults |= {"public_since": timezone.now()}
    return Work.objects.create(
        person=person, title=title or f"Work {number}", **(defaults | fields)
    )


def make_grant(person: User, member: Member, purpose: str = "push", **fields: Any) -> Grant:
    """A switch that a person has on at a member."""
    return Grant.objects.create(person=person, member=member, purpose=purpose, **fields)
