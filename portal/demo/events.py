"""What can happen in the demo's past, each as a step that calls a service with the right actor."""

import datetime
from collections.abc import Callable
from typing import cast

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from contacts.models import DeskSeat, Invitation, Role, User
from contacts.portraits import read_portrait
from contacts.services import adding, desk, invitations, leaving, profiles, roles
from contacts.services import agreement as agreements
from contacts.services.operator import create_operator
from members import logos as logo_files
from members.actors import Actor
from members.models import Consortium, Member
from members.services import domains, information, memberships
from members.services import register as registry
from portal.demo import data, logos, portraits
from portal.demo.who import (
    actor_of,
    holder_of,
    the_consortium,
    the_contact,
    the_member,
    the_operator,
)

Step = Callable[[], object]


def found_consortium(fields: dict[str, str]) -> Step:
    return lambda: Consortium.objects.create(**fields)


def make_operator(operator: dict[str, str], password: str) -> Step:
    return lambda: create_operator(
        email=operator["email"], password=password, name=operator["name"]
    )


def first_sign_in(person: data.PersonEntry) -> Step:
    """What signing in with ORCID leaves here: the iD, the public name, the tie to the account."""

    def step() -> None:
        user = User(orcid=person["orcid"], name=data.public_name(person))
        user.set_unusable_password()
        user.save()
        SocialAccount.objects.create(user=user, provider="orcid", uid=person["orcid"])
        if person.get("proved"):
            EmailAddress.objects.create(user=user, email=person["email"], verified=True)

    return step


def tell_profile(person: data.PersonEntry, entry: data.ProfileEntry) -> Step:
    def step() -> None:
        user = User.objects.get(orcid=person["orcid"])
        told = {name: entry[name] for name in entry if name not in {"ago", "portrait"}}  # type: ignore[literal-required]  # a loop over names
        profiles.save_profile(
            user_id=user.pk,
            by=Actor.contact(user),
            picture=read_portrait(portraits.draw(entry["portrait"])),
            **cast("profiles.Told", told),
        )

    return step


def register(entry: data.MemberEntry, start: datetime.date | None) -> Step:
    def step() -> None:
        consortium = None if entry.get("direct") else the_consortium()
        member = registry.register_member(
            legal_name=entry["legal_name"],
            display_name=entry["display_name"],
            country=entry["country"],
            community=entry["community"],
            website=entry.get("website", ""),
            consortium=consortium,
            start=start,
            identifiers=entry.get("identifiers", []),
            by=Actor.importer(),
        )
        _fill_in(member.pk, entry)
        if entry.get("lead"):
            memberships.name_consortium_lead(
                consortium_id=the_consortium().pk, member_id=member.pk, by=Actor.system()
            )

    return step


_TEXTS = ("public_email", "description", "city", "street", "region", "postal_code")


def _fill_in(pk: int, entry: data.MemberEntry) -> None:
    """The rest of the information, the logo and the e-mail domains."""
    by = Actor.importer()
    given = {name: entry[name] for name in _TEXTS if name in entry}  # type: ignore[literal-required]  # a loop over names
    fields = cast("information.Information", {**given, "trademark_permission": entry["trademark"]})
    information.edit_information(member_id=pk, version=None, by=by, **fields)
    if logo := entry.get("logo"):
        picture = logo_files.read_logo(logos.draw(logo))
        information.set_logo(member_id=pk, version=None, logo=picture, by=by)
    if names := entry.get("domains"):
        domains.set_email_domains(member_id=pk, version=None, domains=names, by=by)


def edit(key: str, entry: data.EditEntry) -> Step:
    fields = cast("information.Information", entry["fields"])
    return lambda: information.edit_information(
        member_id=the_member(key).pk, version=None, by=actor_of(entry["by"]), **fields
    )


def end(key: str, day: datetime.date, reason: str) -> Step:
    return lambda: memberships.end_membership(
        membership_id=the_member(key).memberships.get().pk,
        end=day,
        reason=reason,
        by=Actor.operator(the_operator()),
    )


def add_contact(key: str, entry: data.ContactEntry) -> Step:
    def step() -> None:
        person = data.people()[entry["person"]]
        adding.create_contact(
            member=Member.objects.lock(the_member(key).pk),
            by=actor_of(entry.get("by")),
            orcid=person["orcid"],
            email=person["email"],
            roles=entry["roles"],
            details={
                "given_names": person["given_names"],
                "family_name": person["family_name"],
                "job_title": entry.get("job_title", ""),
            },
            confirm_outside=True,
        )

    return step


def seat(key: str, person: str, level: str) -> Step:
    return lambda: desk.set_desk_level(
        consortium_id=the_consortium().pk,
        contact_id=the_contact(key, person).pk,
        level=DeskSeat.Level(level),
        by=Actor.system(),
    )


def hand_over(key: str, person: str, role: str) -> Step:
    return lambda: roles.hand_over(
        member_id=the_member(key).pk,
        role=Role(role),
        to_id=the_contact(key, person).pk,
        by=holder_of(key, role),
    )


def leave(key: str, person: str) -> Step:
    return lambda: leaving.leave(contact_id=the_contact(key, person).pk, by=actor_of(person))


def remove(key: str, person: str, by: str) -> Step:
    return lambda: leaving.remove_contact(contact_id=the_contact(key, person).pk, by=actor_of(by))


def invite(key: str, entry: data.InvitationEntry) -> Step:
    return lambda: invitations.invite_contact(
        member_id=the_member(key).pk,
        email=entry["email"],
        roles=entry["roles"],
        by=actor_of(entry.get("by")),
    )


def withdraw(key: str, entry: data.InvitationEntry) -> Step:
    def step() -> None:
        invitation = Invitation.objects.open().get(member=the_member(key), email=entry["email"])
        invitations.withdraw_invitation(invitation_id=invitation.pk, by=actor_of(entry.get("by")))

    return step


def record_agreement(key: str, entry: data.AgreementEntry, signed: datetime.date) -> Step:
    return lambda: agreements.save_agreement(
        member_id=the_member(key).pk,
        version=0,
        by=actor_of(entry["by"]),
        name=entry["name"],
        position=entry["position"],
        email=entry["email"],
        signed_on=signed,
    )
