"""When somebody was last at a lead desk, for *what changed since my last visit*."""

import datetime

from django.db import transaction
from django.utils import timezone

from contacts.models import DeskVisit, User
from members.models import Consortium

# A visit ends after so long of nothing.
VISIT_ENDS = datetime.timedelta(minutes=30)
# Not every page that is opened is worth a write.
_NOTED_EVERY = datetime.timedelta(minutes=1)


def note_visit(*, consortium: Consortium, user: User) -> datetime.datetime | None:
    """Note that the person is there now; when their visit before this one ended, None at the first."""
    now = timezone.now()
    visit = DeskVisit.objects.filter(consortium=consortium, user=user).first()
    if visit and now - visit.latest < _NOTED_EVERY:
        return visit.before
    return _write(consortium, user, now)


@transaction.atomic
def _write(consortium: Consortium, user: User, now: datetime.datetime) -> datetime.datetime | None:
    visit, made = DeskVisit.objects.select_for_update(of=("self",)).get_or_create(
        consortium=consortium, user=user, defaults={"latest": now}
    )
    if made:
        return None
    if now - visit.latest >= VISIT_ENDS:
        visit.before = visit.latest
    visit.latest = now
    visit.save(update_fields=["before", "latest"])
    return visit.before
