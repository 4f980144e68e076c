"""The pages of announcements in each of their states, and what their mails lead to."""

from django.urls import reverse
from django.utils import timezone

from contacts.models import Announcement, Contact, Mail
from tests.access.world import World

_TEXT = "## What is new\n\nDear all,\n\n- *One* thing\n- and [another](https://x.example/page)\n"


def announcement_pages(world: World) -> list[str]:
    """Everything a manager looks at; readers see the same without the buttons."""
    draft, sending, sent = (_written(world, state) for state in ("draft", "sending", "sent"))
    Contact.objects.filter(pk=world.theirs.contact.pk).update(wants_newsletters=False)
    return [
        _page(world, "announcements"),
        f"{_page(world, 'announcement_new')}?role=main&role=technical&country=GB",
        _page(world, "announcement", draft),
        _page(world, "announcement_edit", draft),
        _page(world, "announcement_send", draft),
        _page(world, "announcement_audience", draft),
        f"{_page(world, 'announcement_audience', draft)}?out=1",
        _page(world, "announcement", sending),
        _page(world, "announcement", sent),
        _page(world, "announcement_deliveries", sent),
        f"{_page(world, 'announcement_deliveries', sent)}?state=unknown",
        f"{_page(world, 'addresses')}?role=main",
        f"{_page(world, 'contacts')}?role=main&role=technical&confirmed=never&country=GB",
    ]


def read_pages(world: World) -> list[str]:
    sent = _written(world, "sent")
    return [_page(world, "announcement", sent), _page(world, "announcement_deliveries", sent)]


def _page(world: World, name: str, *of: Announcement) -> str:
    return reverse(f"lead:{name}", args=[world.consortium.slug, *(one.pk for one in of)])


def _written(world: World, state: str) -> Announcement:
    manager, now = world.people["desk manager"], timezone.now()
    assert manager is not None
    ways = {} if state == "draft" else {"sent_by": manager, "started_at": now, "queued_at": now}
    made = Announcement.objects.create(
        consortium=world.consortium,
        kind="newsletter",
        subject=f"News of the spring ({state})",
        body=_TEXT,
        audience={"roles": ["main", "technical"], "filters": {"country": "GB"}},
        state=state,
        created_by=manager,
        **ways,
    )
    if state != "draft":
        _deliver(made, [world.ours.main, world.ours.contact, world.theirs.main])
    return made


def _deliver(announcement: Announcement, people: list[Contact]) -> None:
    last = "queued" if announcement.state == "sending" else "unknown"
    for contact, state in zip(people, ["sent", "failed", last], strict=True):
        Mail.objects.create(
            kind=Mail.Kind.ANNOUNCEMENT,
            to=contact.email,
            subject=announcement.subject,
            announcement=announcement,
            contact=contact,
            member=contact.member,
            state=state,
            sent_at=timezone.now() if state == "sent" else None,
            last_error="The mail server refused the address. (550)" if state == "failed" else "",
        )
