"""Pages of permissions: a person's, a mailed link's, and those of the member's staff."""

import datetime
import hashlib

from django.urls import reverse
from django.utils import timezone

from contacts.models import User
from integrations.works.models import Grant, PermissionRequest
from integrations.works.services import asking
from members.actors import Actor
from tests.access.world import World
from tests.factories import make_grant, make_user, make_work

TOKEN = "a-token-for-looking"


def own_permission_pages(world: World, who: str) -> list[str]:
    """All three switches on, one of another member's ended, and a search."""
    user = world.user(who)
    for purpose in Grant.Purpose.values:
        Grant.objects.get_or_create(
            person=user, member=world.ours.member, purpose=purpose, ended_at=None
        )
    if not Grant.objects.filter(person=user, member=world.theirs.member).exists():
        ended = {"ended_at": timezone.now(), "ended_by": "member"}
        make_grant(user, world.theirs.member, "push", **ended)
    return [
        reverse("permissions:list"),
        f"{reverse('permissions:list')}?search=university",
        f"{reverse('permissions:list')}?search=no-such-place",
        reverse("permissions:member", args=[world.ours.member.slug]),
    ]


def asked_permission_pages(world: World) -> list[str]:
    """What a mailed link shows before it is answered, and once it is dead."""
    requests_of(world)
    return [
        reverse("permission_request", args=[TOKEN]),
        reverse("permission_request", args=["no-such-token"]),
    ]


def researcher_pages(world: World) -> list[str]:
    """The staff's."""
    slug = world.ours.member.slug
    person = User.objects.filter(name="Grace Hopper").first() or researcher(world)
    requests_of(world)
    names = ("researchers", "permission_ask", "permission_requests")
    return [
        *(reverse(f"tools:{name}", args=[slug]) for name in names),
        f"{reverse('tools:researchers', args=[slug])}?search=nobody",
        *(
            reverse(f"tools:{name}", args=[slug, person.orcid])
            for name in ("researcher", "researcher_left")
        ),
    ]


def researcher(world: World) -> User:
    person = make_user(name="Grace Hopper")
    for purpose in Grant.Purpose.values:
        make_grant(person, world.ours.member, purpose)
    make_work(person, "A public work with a title of some length, as they are", journal_title="J")
    return person


def requests_of(world: World) -> None:
    """One in each state."""
    if PermissionRequest.objects.exists():
        return
    done = asking.ask(
        member_id=world.ours.member.pk,
        emails=[f"{name}@our.example" for name in ("open", "denied", "expired", "given")],
        purposes=["push", "list"],
        words="Dear colleague,\nplease help us to keep your record in step.",
        language="en",
        by=Actor.contact(world.user("main contact")),
    )
    waiting, denied, expired, given = done.sent
    PermissionRequest.objects.filter(pk=waiting.pk).update(
        token_hash=hashlib.sha256(TOKEN.encode()).hexdigest()
    )
    asking.close(denied, PermissionRequest.Status.DENIED)
    long_ago = timezone.now() - datetime.timedelta(days=1)
    PermissionRequest.objects.filter(pk=expired.pk).update(expires_at=long_ago)
    given.person = world.user("stranger")
    asking.close(given, PermissionRequest.Status.GIVEN)
