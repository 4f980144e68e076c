"""When a record is read: because the person asks, because something hints at a change, or because it
has not been looked at for a while (rules O7, H6).
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Run, User
from contacts.services import runs
from contacts.throttles import SYNCS, spend, too_many
from integrations.orcid import changes, connections, http
from integrations.orcid.errors import OrcidError
from integrations.orcid.models import Connection
from integrations.works.models import Pull
from members.actors import Actor

log = logging.getLogger(__name__)

# A pull that did not come to its end is begun anew after so long.
AGAIN_AFTER = timedelta(days=1)
# As many pulls wait for workers at a time: more would keep a person who presses *Sync* waiting.
MOST_WAITING = 300


def sync(*, by: Actor) -> Run:
    """The person wants their list to be as ORCID has it: a run waits for a worker, this returns.

    One that is under way already is theirs, and one that was put off is begun now. Raises
    `ValidationError` with code `not_connected`, or `throttled`.
    """
    person = by.user
    connection = connections.own_connection(person.orcid) if person else None
    if person is None or connection is None or not connection.is_active:
        raise ValidationError(_("Connect ORCID first."), code="not_connected")
    if wait := spend((SYNCS, person.pk)):
        raise too_many(wait, _("You have synced very often. Try again in %(wait)s."))
    with transaction.atomic():
        run = _start(person)
    runs.hurry(run_id=run.pk)
    return run


def _start(person: User) -> Run:
    """The person's open pull, or a new one in the place of those that are over."""
    User.objects.select_for_update().get(pk=person.pk)
    own = Run.objects.filter(kind=Run.Kind.WORKS_PULL, started_by=person)
    if found := own.filter(state__in=Run.OPEN).first():
        return found
    own.delete()
    return runs.start_run(kind=Run.Kind.WORKS_PULL, consortium=None, by=Actor.importer(person))


@transaction.atomic
def first_pull(*, connection_id: int) -> None:
    """The person has connected, or connected anew: all is read."""
    orcid = Connection.objects.values_list("orcid", flat=True).get(pk=connection_id)
    due = timezone.now() + AGAIN_AFTER
    Pull.objects.update_or_create(
        connection_id=connection_id, defaults={"fingerprint": "", "due_at": due}
    )
    if person := User.objects.filter(orcid=orcid).first():
        _start(person)


def heed_hint(*, connection_id: int) -> None:
    """Somebody says that the record has changed: it is looked at soon."""
    Pull.objects.filter(pk=connection_id).update(due_at=timezone.now())


def forget(*, connection_id: int) -> None:
    """The person has disconnected: nothing more is read. What is here stays (O6)."""
    Pull.objects.filter(pk=connection_id).update(due_at=None, fingerprint="")


def start_due() -> int:
    """Start the pulls that are due, the longest due first; how many were started."""
    waiting = Run.objects.filter(kind=Run.Kind.WORKS_PULL, state__in=Run.OPEN).count()
    due = _active().filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    orcids = dict(due.values_list("connection__orcid", "pk")[: max(MOST_WAITING - waiting, 0)])
    started = 0
    for person in User.objects.filter(orcid__in=orcids):
        with transaction.atomic():
            _start(person)
            _due_again(orcids.pop(str(person.orcid)))
        started += 1
    for pk in orcids.values():
        _due_again(pk)  # nobody here has this iD: there is no list to bring up to date
    return started


def _due_again(pk: int) -> None:
    """A pull that comes to its end takes this back."""
    now = timezone.now()
    Pull.objects.filter(pk=pk, due_at__lte=now).update(due_at=now + AGAIN_AFTER)


def look_for_changes() -> int:
    """Ask ORCID which of the records not looked at for a day have changed; how many were asked about.

    One call for a hundred of them. The index lags, so it is asked about some hours more than have
    passed; and as it is only a hint, each record is looked at itself once a month. Stops when ORCID
    cannot be reached: the rest is due next time.
    """
    _look_after_forgotten()
    asked = 0
    before = timezone.now() - timedelta(hours=settings.PULL_LOOK_HOURS)
    while batch := dict(
        _active()
        .filter(Q(looked_at=None) | Q(looked_at__lt=before))
        .order_by("looked_at", "pk")
        .values_list("connection__orcid", "pk")[: changes.MOST]
    ):
        try:
            _look(batch)
        except OrcidError as error:
            log.warning("ORCID could not be asked for changes: %s", error)
            break
        asked += len(batch)
    return asked


def _look(batch: dict[str, int]) -> None:
    began = timezone.now()
    pulls = Pull.objects.filter(pk__in=batch.values())
    changed = set(batch)
    if (since := pulls.aggregate(since=Min("looked_at"))["since"]) is not None:
        overlap = timedelta(hours=settings.PULL_OVERLAP_HOURS)
        with http.patient():
            changed = changes.changed_since(list(batch), since - overlap)
    with transaction.atomic():
        pulls.update(looked_at=began)
        keys = [batch[orcid] for orcid in changed]
        Pull.objects.filter(pk__in=keys).update(due_at=began)


def _look_after_forgotten() -> None:
    """Records whose own list was not read for a month; and connections without a pull."""
    now = timezone.now()
    long_ago = now - timedelta(days=settings.PULL_FULL_DAYS)
    _active().filter(pulled_at__lt=long_ago, due_at=None).update(due_at=now)
    lacking = Connection.objects.active().filter(pull=None).values_list("pk", flat=True)
    Pull.objects.bulk_create(
        (Pull(connection_id=pk, due_at=now, looked_at=now) for pk in lacking), ignore_conflicts=True
    )


def _active() -> QuerySet[Pull]:
    return Pull.objects.filter(connection__state=Connection.State.ACTIVE)
