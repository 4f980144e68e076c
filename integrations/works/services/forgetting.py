"""Requests and permissions that are over are forgotten when their time has come (rules H4, H7)."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q

from contacts.models import Run
from integrations.works.models import Grant, Keeper, PermissionRequest, Work
from members.actors import Actor
from members.dates import days_ago
from members.models import Event, Member
from members.services.erasure import erase_personal

_AT_ONCE = 500
_OF_PEOPLE = [Event.Kind.GRANT_GIVEN, Event.Kind.GRANT_ENDED]


def forget() -> None:
    """For beat. Each step is its own transaction; what one day does not finish the next one does."""
    _forget_requests()
    _forget_grants()
    _forget_names()
    _forget_keepers()
    _forget_works()
    _forget_runs()


def _forget_requests() -> None:
    """Answered or withdrawn so long ago, or expired: the address goes, in the history too."""
    limit = days_ago("RETAIN_DEAD_INVITATIONS_DAYS")
    dead = PermissionRequest.objects.filter(
        Q(closed_at__lt=limit) | Q(closed_at=None, expires_at__lt=limit)
    )
    by_member: dict[int, list[int]] = defaultdict(list)
    for member, pk in dead.order_by("pk").values_list("member", "pk")[:_AT_ONCE]:
        by_member[member].append(pk)
    for member, keys in by_member.items():
        _forget_requests_of(member, keys)


@transaction.atomic
def _forget_requests_of(member_id: int, keys: list[int]) -> None:
    Member.objects.lock(member_id)
    kinds = [Event.Kind.PERMISSION_ASKED, Event.Kind.PERMISSION_DENIED]
    kinds.append(Event.Kind.PERMISSION_UNASKED)
    concerning = Event.objects.filter(
        member=member_id, kind__in=kinds, changes__permission_request__in=keys
    )
    PermissionRequest.objects.filter(pk__in=keys).delete()
    also = {member_id: {"permission_requests": keys}}
    erase_personal(events=concerning, by=Actor.system(), also=also)


def _forget_grants() -> None:
    """Ended as long ago as a contact that is removed; or of an account that was emptied since."""
    over = Grant.objects.filter(
        Q(ended_at__lt=days_ago("RETAIN_FORMER_CONTACTS_DAYS"))
        | Q(person__emptied_at__isnull=False)
    )
    keys = list(over.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    Grant.objects.filter(pk__in=keys).delete()


@transaction.atomic
def _forget_names() -> None:
    """Whom the history names; that something was given, and when, stays. So do the names of those
    whose permission still holds, where the permission itself is."""
    limit = days_ago("RETAIN_FORMER_CONTACTS_DAYS")
    old = Event.objects.filter(kind__in=_OF_PEOPLE, created_at__lt=limit, personal__isnull=False)
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    erase_personal(events=Event.objects.filter(pk__in=keys), by=Actor.system())


def _forget_keepers() -> None:
    """Whoever left a publications desk, and invitations to one that nobody took up."""
    former = Q(removed_at__lt=days_ago("RETAIN_FORMER_CONTACTS_DAYS"))
    limit = days_ago("RETAIN_DEAD_INVITATIONS_DAYS")
    dead = Q(orcid="") & (Q(removed_at__lt=limit) | Q(expires_at__lt=limit))
    by_member: dict[int, list[int]] = defaultdict(list)
    over = Keeper.objects.filter(former | dead).order_by("pk").values_list("member", "pk")
    for member, pk in over[:_AT_ONCE]:
        by_member[member].append(pk)
    for member, keys in by_member.items():
        _forget_keepers_of(member, keys)


@transaction.atomic
def _forget_keepers_of(member_id: int, keys: list[int]) -> None:
    Member.objects.lock(member_id)
    kinds = [Event.Kind.KEEPER_ADDED, Event.Kind.KEEPER_INVITED, Event.Kind.KEEPER_REMOVED]
    told = Event.objects.filter(member=member_id, kind__in=kinds, changes__keeper__in=keys)
    Keeper.objects.filter(pk__in=keys).delete()
    erase_personal(events=told, by=Actor.system(), also={member_id: {"keepers": keys}})


def _forget_works() -> None:
    """Of accounts that were emptied: what a person had here was theirs alone (O7), and is nobody's
    now. What a member was given of it is the member's."""
    emptied = Work.objects.filter(person__emptied_at__isnull=False)
    keys = list(emptied.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    Work.objects.filter(pk__in=keys).delete()


def _forget_runs() -> None:
    """A person's own jobs, which name their files: over for so long, or of an emptied account."""
    over = Run.objects.filter(consortium=None).filter(
        Q(finished_at__lt=days_ago("RETAIN_MAIL_LOG_DAYS"))
        | Q(started_by__emptied_at__isnull=False)
    )
    for run in over.order_by("pk")[:_AT_ONCE]:
        run.delete()
        if run.file.name:
            run.file.storage.delete(run.file.name)
