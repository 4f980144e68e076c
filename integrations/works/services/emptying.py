"""A person's account is emptied: what is theirs in this room goes with it (rules H4, O6, O7)."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from contacts.models import Run, User
from contacts.traces import Erased, Traces
from integrations.works.models import Authorship, Grant, Keeper, PermissionRequest, Work
from members.models import Event

_ASKED = [Event.Kind.PERMISSION_ASKED, Event.Kind.PERMISSION_DENIED, Event.Kind.PERMISSION_UNASKED]
_KEPT = [Event.Kind.KEEPER_ADDED, Event.Kind.KEEPER_INVITED, Event.Kind.KEEPER_REMOVED]


def empty(*, person: User, traces: Traces) -> Erased:
    """Delete it inside the caller's transaction; say which events name the person, and what is gone.

    What a member was given of their works is the member's, and names them as any publication does.
    """
    gone = Erased()
    _requests(person, traces, gone)
    _places(traces, gone)
    people = [person, *person.former.all()]
    # Before works: what a step of one stores while we wait for it goes as well.
    _runs(Run.objects.filter(started_by__in=people, consortium=None))
    Grant.objects.filter(person__in=people).delete()
    Work.objects.filter(person__in=people).delete()
    Authorship.objects.filter(person__in=people).delete()
    return gone


def _requests(person: User, traces: Traces, gone: Erased) -> None:
    asked = PermissionRequest.objects.annotate(low=Lower("email"))
    rows = list(asked.filter(Q(person=person) | Q(low__in=traces.addresses)).order_by("pk"))
    keys = [row.pk for row in rows]
    gone.naming(Event.objects.filter(kind__in=_ASKED, changes__permission_request__in=keys))
    for row in rows:
        gone.tell(row.member_id, "permission_requests", row.pk)
        if row.person_id == person.pk:  # they answered from there: it is theirs
            gone.addresses.add(row.email)
    PermissionRequest.objects.filter(pk__in=keys).delete()


def _places(traces: Traces, gone: Erased) -> None:
    """On publications desks; and invitations to one."""
    named = Keeper.objects.annotate(low=Lower("email"))
    rows = list(named.filter(Q(orcid__in=traces.orcids) | Q(orcid="", low__in=traces.addresses)))
    keys = [row.pk for row in rows]
    gone.naming(Event.objects.filter(kind__in=_KEPT, changes__keeper__in=keys))
    for row in rows:
        gone.tell(row.member_id, "keepers", row.pk)
        gone.addresses.add(row.email)
        gone.names.add(row.name)
    Keeper.objects.filter(pk__in=keys).delete()


def _runs(runs: QuerySet[Run]) -> None:
    files = [run.file for run in runs if run.file.name]
    runs.delete()

    def delete() -> None:
        for file in files:
            file.storage.delete(str(file.name))

    # The account is empty by then: what else goes with it must not wait for a file.
    transaction.on_commit(delete, robust=True)
