"""Two users turn out to be one person (C8): their works, grants and runs become one's."""

from django.utils import timezone

from contacts.models import Run, User
from integrations.orcid import connections
from integrations.works import merging
from integrations.works.models import Grant, PermissionRequest, Pull, Work
from integrations.works.services import authors, drafting


def unite_people(*, former: User, present: User) -> None:
    """Give what is `former`'s to `present`, inside the caller's transaction, which locked both.

    The list is then read anew, so that a work both had becomes one.
    """
    _move_works(former, present)
    _move_grants(former, present)
    authors.unite(former=former, present=present)
    # The connection has, or gets, a pull of its own: nobody watches the former's.
    runs = Run.objects.filter(started_by=former, consortium=None)
    runs.filter(kind=Run.Kind.WORKS_PULL).delete()
    runs.update(started_by=present)
    connection = connections.own_connection(present.orcid)
    if connection is not None:
        Pull.objects.update_or_create(
            connection=connection, defaults={"fingerprint": "", "due_at": timezone.now()}
        )


def _move_works(former: User, present: User) -> None:
    here = Work.objects.filter(person=present).exclude(put_code=None)
    twins = {work.put_code: work for work in here.select_for_update()}
    for work in Work.objects.filter(person=former, put_code__in=list(twins)).select_for_update():
        kept = merging.unite([twins[work.put_code], work])
        kept.version += 1
        drafting.follow_united([kept, work])
        work.delete()
        kept.save()
    Work.objects.filter(person=former).update(person=present)


def _move_grants(former: User, present: User) -> None:
    """A permission that both had given is one, since the earlier of the two days: nothing was given
    or ended by that, so no event says so."""
    both = Grant.objects.current().filter(person__in=[former, present]).select_for_update()
    kept: dict[tuple[int, str], Grant] = {}
    for grant in both.order_by("given_at", "pk"):
        first = kept.setdefault((grant.member_id, grant.purpose), grant)
        if first is not grant:
            grant.delete()
    Grant.objects.filter(person=former).update(person=present)
    PermissionRequest.objects.filter(person=former).update(person=present)
