"""An import of contacts in every state, to be looked at."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from contacts.models import ContactImport, ImportedContact, Invitation, Mail, Role, Run
from contacts.services.imports import runs as import_runs
from contacts.services.imports.applying import bring_in
from contacts.services.imports.sending import send_one
from members.actors import Actor
from tests.access.world import World
from tests.factories import make_contact, make_member

HEADER = "Member,Name,Email,ORCID iD,Role\n"
ROLES = ["Main contact", "Technical; Invoice", "Comms", "", "Licencee"]
ROWS = "".join(
    f"Quiet College,Person {number},p{number}@quiet.example,,{role}\n"
    for number, role in enumerate(ROLES)
).replace(",,Main", ",0000-0002-1825-0097,Main")
WRONG = "Quite College,X,x@quiet.example,,Boss\nQuiet College,No Address,,,\n"


def import_pages(world: World) -> list[str]:
    """A file looked through, with errors; one brought in, with answers of every kind."""
    user, slug = world.people["desk manager"], world.consortium.slug
    assert user is not None
    by = Actor.lead(user)
    make_member("Quiet College", world.consortium)
    make_member("Other College", world.consortium)
    before, after = (upload(world, by, content) for content in (HEADER + ROWS + WRONG, HEADER))
    into = bring_in(plan=import_runs.plan_of(before), file_name="contacts-of-today.csv", by=by)
    answer(into, by)
    fresh = upload(world, by, HEADER + ROWS.replace("Quiet", "Other") + WRONG)
    pages = [reverse("lead:contact_imports", args=[slug])]
    pages += [
        reverse("lead:contact_import_run", args=[slug, run.pk]) for run in (fresh, before, after)
    ]
    follow = reverse("lead:contact_import", args=[slug, into.pk])
    pages += [follow, f"{follow}?progress=unknown"]
    steps = ("send", "remind")
    return pages + [reverse(f"lead:contact_import_{step}", args=[slug, into.pk]) for step in steps]


def upload(world: World, by: Actor, content: str) -> Run:
    file = ContentFile(content.encode(), name="contacts-of-today.csv")
    return import_runs.upload(file=file, look_up=True, consortium=world.consortium, by=by)


def answer(into: ContactImport, by: Actor) -> None:
    first, second, third, fourth = into.invitations.order_by("pk")[:4]
    for one in (first, second, third):
        send_one(invitation_id=one.pk, again=False, by=by)
    past = timezone.now() - timedelta(days=10)
    contact = make_contact(first.member, [Role.MAIN])
    Invitation.objects.filter(pk=first.pk).update(
        outcome="accepted", closed_at=past, contact=contact, hint_matched=False
    )
    Invitation.objects.filter(pk=second.pk).update(sent_at=past)
    Mail.objects.filter(invitation=second).update(state="failed", last_error="No such mailbox")
    Mail.objects.filter(invitation=third).update(state="sent")
    ImportedContact.objects.create(contact_import=into, contact=make_contact(fourth.member))
