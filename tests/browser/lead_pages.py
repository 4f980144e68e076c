"""The pages about the lead's work, with something on each to look at."""

from typing import Any

from django.urls import reverse

from contacts.models import ConfirmationRound, HelpRequest, User
from contacts.preferences import preferences_token
from contacts.services import (
    _recovery,
    announcements,
    lead_access,
    recovery,
    requests,
    roles,
    rounds,
    tokens,
)
from members.actors import Actor
from tests.access.world import World


def lead_pages_of(world: World) -> dict[str, list[str]]:
    """What each person looks at besides; the desk has been at work."""
    manager = world.people["desk manager"]
    main = world.people["main contact"]
    assert isinstance(manager, User)
    assert isinstance(main, User)
    by = Actor.lead(manager)
    return {
        "anonymous": [*_mailed(world, by), reverse("help_request")],
        "main contact": _of_the_member(world, main, by),
        "desk reader": [_lead(world, "requests"), _lead(world, "rounds"), _lead(world, "history")],
        "desk manager": [
            *_fixed(world),
            *_requests(world),
            *_members(world),
            *_sendings(world, by),
        ],
    }


def _lead(world: World, name: str, *args: Any) -> str:
    return reverse(f"lead:{name}", args=[world.consortium.slug, *args])


def _mailed(world: World, by: Actor) -> list[str]:
    """What the links lead to that the asker, a contact and a reader of newsletters were mailed."""
    world.consortium.lead_may_recover = True
    world.consortium.save()
    member, contact = world.ours.member, world.ours.contact
    asked = _ask(world, "Asta Asker")
    fresh = requests.token_of(_ask(world, "Nils New", proved=False))
    requests.handle(
        request_id=asked.pk, state=HelpRequest.State.ANSWERED, text="We look into it.", by=by
    )
    started = recovery.start_recovery(
        member_id=member.pk, contact_id=contact.pk, reason="Has left.", help_request=asked, by=by
    )
    preferences = preferences_token(contact, "newsletter")
    return [
        reverse("help_status", args=[requests.token_of(asked)]),
        reverse("help_status", args=[fresh]),
        reverse("help_status", args=["no-such-token"]),
        reverse("recovery", args=[_recovery.token_of(started)]),
        reverse("preferences", args=[preferences]),
        reverse("unsubscribe", args=[preferences]),
    ]


def _ask(world: World, name: str, *, proved: bool = True) -> HelpRequest:
    asked = requests.open_request(
        kind=HelpRequest.Kind.NO_WAY_IN,
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@our.example",
        text="Our Main relationship contact has left.\nCan somebody let us in?",
        member=world.ours.member,
    )
    return requests.prove_request(token=requests.token_of(asked)) if proved else asked


def _of_the_member(world: World, main: User, by: Actor) -> list[str]:
    slug, contact = world.ours.member.slug, world.ours.contact
    own = Actor.contact(main)
    lead_access.set_lead_access(member_id=world.ours.member.pk, version=None, allowed=True, by=own)
    roles.set_roles(
        contact_id=contact.pk, version=contact.version, roles=["technical", "comms"], by=by
    )
    tokens.make_token(
        name="Our register", days=30, can_write=False, by=own, member_id=world.ours.member.pk
    )
    names = ("confirm", "lead_changes", "tokens")
    own_pages = [reverse(f"tools:{name}", args=[slug]) for name in names]
    return [*own_pages, reverse("me:preferences")]


def _fixed(world: World) -> list[str]:
    names = (
        "overview", "members", "contacts", "invitations", "history", "rounds", "requests",
        "announcements", "announcement_new", "lead_changes", "tell_orcid",
        "tokens", "member_add", "members_import", "addresses",
    )  # fmt: skip
    return [_lead(world, name) for name in names]


def _requests(world: World) -> list[str]:
    asked = world.consortium.help_requests.exclude(proved_at=None).first()
    assert asked is not None
    _ask(world, "Olga Open")
    start = _lead(world, "recovery_start", world.theirs.member.slug)
    return [
        f"{_lead(world, 'requests')}?show=closed",
        _lead(world, "requests"),
        _lead(world, "request", asked.pk),
        start,
    ]


def _members(world: World) -> list[str]:
    theirs = world.theirs.member
    period = theirs.memberships.get()
    return [
        _lead(world, "membership", theirs.slug),
        _lead(world, "membership_end", period.pk),
        reverse("tools:overview", args=[world.ours.member.slug]),
        reverse("tools:contacts", args=[world.ours.member.slug]),
    ]


def _sendings(world: World, by: Actor) -> list[str]:
    written = announcements.write_announcement(
        consortium_id=world.consortium.pk,
        by=by,
        kind="newsletter",
        subject="News of the consortium",
        body="## What is new\n\n- *One* thing",
        audience={"roles": [], "filters": {}},
    )
    return [
        _lead(world, "announcement", written.pk),
        _lead(world, "announcement_edit", written.pk),
        _lead(world, "round", _round(world, by).pk),
    ]


def _round(world: World, by: Actor) -> ConfirmationRound:
    begun = world.consortium.rounds.filter(closed_at=None).first()
    return begun or rounds.start_round(consortium_id=world.consortium.pk, by=by)
