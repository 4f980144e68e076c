"""The lead's pages about members, with something on each."""

import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from contacts.models import Invitation, Run
from contacts.services import member_imports
from members.actors import Actor
from members.models import Event
from tests.access.world import World
from tests.factories import make_member

HEAD = "Legal name,Country,Community,ROR\n"
RIGHT = HEAD + "Alpha University,CL,Research Institute,05a28rw58\nBeta Foundation,GB,Funder,\n"
WRONG = HEAD + "Alpha University,XX,Research Institute,05a28rw59\n"


def read_pages(world: World) -> list[str]:
    """What readers see, too."""
    slug = world.consortium.slug
    last_year = timezone.localdate() - datetime.timedelta(days=400)
    former = make_member("Former College", world.consortium, end=last_year)
    former.memberships.update(end_reason="Merged into another")
    Event.objects.bulk_create(
        Event(
            member=world.ours.member,
            kind="information_changed",
            capacity="contact",
            changes={"fields": {"website": ["https://a.example", f"https://b{number}.example"]}},
        )
        for number in range(6)
    )
    members = reverse("lead:members", args=[slug])
    return [
        reverse("lead:overview", args=[slug]),
        f"{members}?status=ended",
        f"{members}?sort=contacts&unconfirmed_since=2024-01-01",
        reverse("lead:history", args=[slug]),
        f"{reverse('lead:history', args=[slug])}?kind=exported&since=2024-01-01",
        reverse("lead:membership", args=[slug, former.slug]),
    ]


def manage_pages(world: World) -> list[str]:
    slug, consortium = world.consortium.slug, world.consortium
    empty = make_member("Nobody Yet", consortium)
    invited = make_member("Invited Yet", consortium)
    now = timezone.now()
    Invitation.objects.create(
        member=invited, email="first@invited.example", roles=["main"], token_hash="x",
        sent_at=now, expires_at=now,
    )  # fmt: skip
    period = world.ours.member.memberships.get()
    period.end, period.end_reason = timezone.localdate(), "Budget"
    period.save()
    return [
        reverse("lead:members", args=[slug]),
        reverse("lead:member_add", args=[slug]),
        reverse("lead:members_import", args=[slug]),
        *(reverse("lead:members_import_run", args=[slug, run.pk]) for run in _runs(world)),
        reverse("lead:membership", args=[slug, world.ours.member.slug]),
        reverse("lead:membership", args=[slug, invited.slug]),
        reverse("lead:membership_end", args=[slug, period.pk]),
        reverse("lead:membership_start", args=[slug, world.ours.member.slug]),
        reverse("lead:first_contact", args=[slug, empty.slug]),
    ]


def _runs(world: World) -> list[Run]:
    """Looked through, with errors, running, done."""
    user = world.people["desk manager"]
    assert user is not None
    by = Actor.lead(user)
    fine, wrong, running, done = (
        member_imports.look_through(
            consortium=world.consortium,
            file=SimpleUploadedFile("members.csv", text.encode()),
            start=None,
            by=by,
        )
        for text in (RIGHT, WRONG, RIGHT, RIGHT)
    )
    Run.objects.filter(pk=running.pk).update(state="running", done=1, claimed_at=timezone.now())
    Run.objects.filter(pk=done.pk).update(
        state="done",
        result=done.result
        | {"done_added": 1, "done_started": 0, "failed": [[2, "Alpha University", "Taken."]]},
    )
    return [fine, wrong, running, done]
