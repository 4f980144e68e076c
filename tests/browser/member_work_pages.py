"""Pages of an institution's works: its staff's, the desk's, the researcher's, and the queue's."""

import datetime
import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from integrations.orcid.models import Connection
from integrations.push.models import Attempt, Delivery
from integrations.works.identifiers import identifier
from integrations.works.models import Grant, Keeper, MemberWork
from integrations.works.services import authors, keepers, member_works_files
from members.actors import Actor
from tests.access.world import World
from tests.factories import make_connection, make_user
from tests.works_member.conftest import by

KEEPER_TOKEN = "a-place-on-the-desk"
FILE = b"""Title,Type,Date,DOI,People
A new one,journal article,2024-05,10.1000/new,Ana Garcia; Bo Li (editor)
Without a kind,,2020,,
"""


def _works(world: World) -> list[MemberWork]:
    """One in each state, with authors, a delivery that failed, and one that waits for staff."""
    member, author = world.ours.member, world.user("contact")
    here = MemberWork.objects.filter(member=member)
    if not here.exists():
        for number, state in enumerate(MemberWork.State.values):
            MemberWork.objects.create(
                member=member, state=state, type="journal-article", published=f"202{number}-03",
                title=f"A study of some length, as they are: part {number}",
                journal_title="Journal of Long Names", contributors=by(author),
                identifiers=[identifier("doi", f"10.1000/{number}", "self")],
                origin="researcher", added_by=author,
                asked_at=timezone.now() if state == "draft" else None,
            )  # fmt: skip
        authors.match(list(here))
        orcid = str(author.orcid)
        connection = Connection.objects.filter(orcid=orcid).first() or make_connection(orcid)
        public = here.get(state="public")
        failed = Delivery.objects.create(
            connection=connection, section="work", item_id=public.pk, member=member,
            state="failed", error_code="9023",
        )  # fmt: skip
        Attempt.objects.create(delivery=failed, kind="add", status=400, code="9023")
    return list(here.order_by("pk"))


def staff_work_pages(world: World, who: str) -> list[str]:
    works, slug = _works(world), world.ours.member.slug
    actor = Actor.contact(world.user(who))
    file = SimpleUploadedFile("works.csv", FILE)
    run = member_works_files.upload(member_id=world.ours.member.pk, file=file, by=actor)
    if not Keeper.objects.filter(member=world.ours.member).exists():
        kim = make_user(name="Kim Keeper")
        kept = {"member": world.ours.member, "orcid": kim.orcid, "name": kim.name}
        Keeper.objects.create(**kept, email="kim@ours.example")
        Keeper.objects.create(
            member=world.ours.member,
            email="invited@ours.example",
            token_hash=hashlib.sha256(KEEPER_TOKEN.encode()).hexdigest(),
            expires_at=timezone.now() + datetime.timedelta(days=9),
        )
    names = ["works", "work_add", "works_import", "works_offered"]
    names += ["works_settings", "works_desk", "works_desk_add"]
    return [
        *(reverse(f"tools:{name}", args=[slug]) for name in names),
        *(reverse("tools:work", args=[slug, work.pk]) for work in works),
        reverse("tools:work_delete", args=[slug, works[0].pk]),
        reverse("tools:works_import_run", args=[slug, run.pk]),
        f"{reverse('tools:works', args=[slug])}?search=nothing-of-the-kind",
    ]


def read_work_pages(world: World) -> list[str]:
    """As the lead reads them."""
    work, slug = _works(world)[0], world.ours.member.slug
    return [reverse("tools:works", args=[slug]), reverse("tools:work", args=[slug, work.pk])]


def researcher_work_pages(world: World, who: str) -> list[str]:
    works, user, member = _works(world), world.user(who), world.ours.member
    Grant.objects.get_or_create(person=user, member=member, purpose="push", ended_at=None)
    return [
        reverse("works:institutions"),
        reverse("works:institution_add", args=[member.slug]),
        *(reverse("works:institution_work", args=[work.pk]) for work in works),
        *(reverse("works:institution_delete", args=[work.pk]) for work in works[:1]),
        reverse("works:queue"),
        reverse("works:queue_history"),
    ]


def desk_link_pages() -> list[str]:
    named = Keeper.objects.exclude(orcid="").first()
    not_me = [keepers.not_me_token(named)] if named else []
    return [
        *(reverse("keeper_invitation", args=[token]) for token in (KEEPER_TOKEN, "no-such")),
        *(reverse("keeper_not_me", args=[token]) for token in (*not_me, "no-such")),
    ]
