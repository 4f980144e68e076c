"""What happens that sends a mail of each kind, in the world of the access matrix."""

import datetime
import re

from contacts.models import Mail, Role
from contacts.services import (
    adding,
    answering,
    charge,
    editing,
    erasing,
    finding,
    invitations,
    lead_changes,
    leaving,
    memberships,
    recovery,
    roles,
    rounds,
)
from contacts.services._recovery import token_of
from integrations.works.services import keepers
from members.actors import Actor
from members.dates import today
from members.models import Event, Membership
from tests.access.world import World
from tests.accounts.steps import proved_client
from tests.factories import make_contact, make_member, make_user
from tests.rounds.conftest import days_pass


def write_every_kind(world: World) -> None:
    """Those that the pages of the world come with aside (`pages_of`)."""
    _of_contacts(world)
    _of_addresses(world)
    _of_a_desk(world)
    _of_the_lead(world)
    leaver = make_user(email="leaver@people.example")
    erasing.close_account(user_id=leaver.pk, by=Actor.contact(leaver))


def _of_contacts(world: World) -> None:
    ours, by = world.ours.member, Actor.contact(world.user("main contact"))
    added, removed, disowned, elected = (make_contact(ours) for _each in range(4))
    adding.tell_added(added, [Role.OTHER], by)
    leaving.remove_contact(contact_id=removed.pk, by=by)
    disowned.added_by = by.user
    disowned.save()
    leaving.disown(token=leaving.not_me_token(disowned))
    invitations.invite_contact(
        member_id=ours.pk, email="votes@our-university.example", roles=[Role.VOTING, Role.COMMS],
        by=by,
    )  # fmt: skip
    token = _last(Mail.Kind.INVITATION).text.partition("/invitations/")[2].partition("/")[0]
    roles.hand_over(member_id=ours.pk, role=Role.VOTING, to_id=elected.pk, by=by)
    answering.accept_invitation(
        token=token, by=Actor.contact(make_user()), given_names="Val", family_name="Voter"
    )


def _of_addresses(world: World) -> None:
    contact = make_contact(world.ours.member)
    user = make_user(contact.orcid)
    by, new = Actor.contact(user), "moved@our-university.example"
    editing.edit_contact(
        contact_id=contact.pk, version=contact.version, by=by, email=new,
        given_names=contact.given_names, family_name=contact.family_name,
    )  # fmt: skip
    [token] = re.findall(r"/([\w-]+:[\w-]+:[\w-]+)/", _last(Mail.Kind.ADDRESS_CHANGE_ASKED).text)
    editing.prove_address(token=token, by=by)
    proved_client(user).post("/me/accounts/email/", {"email": "me@home.example", "action_add": ""})


def _of_a_desk(world: World) -> None:
    ours, by = world.ours.member, Actor.contact(world.user("main contact"))
    keepers.invite_keeper(member_id=ours.pk, email="kim@our-university.example", by=by)
    kit = finding.Offer("kit@our-university.example", str(make_user().orcid), "Kit Key")
    offer = finding._sign(ours.pk, by, kit)  # noqa: SLF001  # as if it had been looked up at ORCID
    keepers.add_keeper(member_id=ours.pk, offer=offer, by=by)


def _of_the_lead(world: World) -> None:
    theirs, by = world.theirs.member, Actor.lead(world.user("desk manager"))
    operator = Actor.operator(world.user("operator"))
    charge.tell_if_nobody_in_charge(make_member("Alone", world.consortium), by, before=set())
    changed = world.ours.lead_change
    changed.event_id = Event.objects.filter(member=world.ours.member).latest("pk").pk
    changed.save()
    lead_changes.dispute_lead_change(
        change_id=changed.pk, note="Not so", by=Actor.contact(world.user("main contact"))
    )
    rounds.start_round(consortium_id=world.consortium.pk, by=by)
    for days in (0, 8, 90):
        days_pass(days)
    for checked in ("", "Passport seen"):
        begun = recovery.start_recovery(
            member_id=theirs.pk, by=operator, reason="Has left", contact_id=world.theirs.contact.pk,
            identity_checked=checked,
        )  # fmt: skip
        if not checked:
            recovery.object_to(token=token_of(begun), text="I have not left")
    memberships.end_membership(
        membership_id=Membership.objects.get(member=theirs).pk, by=by, reason="Merged",
        end=today() + datetime.timedelta(days=30),
    )  # fmt: skip


def _last(kind: Mail.Kind) -> Mail:
    return Mail.objects.filter(kind=kind).latest("pk")
