"""What of an institution's works is to stand on whose record: told to the outbox (rules O2, O3).

Always inside the transaction of the change, after all other locks, before its events.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.models import User
from integrations.orcid import connections
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.services import queueing
from integrations.works.models import Authorship, Grant, WorksPolicy
from members.models import Member

SECTION = "work"
Purpose = Grant.Purpose
# A person (by key) and a work that is theirs.
Reader = tuple[int, int]


def not_allowed() -> str:
    """Why a work does not go to somebody's record."""
    return _("The person has not switched on that the institution may push.")


def policy_of(member: Member) -> WorksPolicy:
    """What the member has said; not stored where it has said nothing."""
    return WorksPolicy.objects.filter(pk=member.pk).first() or WorksPolicy(member=member)


def send(work_ids: Collection[int]) -> None:
    """Queue those of these works that are public, for the records of their authors who let the
    member push and have connected."""
    written = Authorship.objects.filter(work__in=list(work_ids), work__state="public")
    _queue(written)


def send_for(person: User, member_id: int, work_ids: Collection[int]) -> None:
    """The same, to one person's record alone."""
    written = Authorship.objects.filter(person=person, work__in=list(work_ids))
    _queue(written.filter(work__member=member_id, work__state="public"))


def retract(member: Member, work_ids: Collection[int]) -> None:
    """These are public no more: what waits is not sent; what stands on records is deleted there, or
    stays, as the member's policy says."""
    if not work_ids:
        return
    delete = policy_of(member).on_unpublish == WorksPolicy.OnUnpublish.DELETE
    queueing.withdraw(section=SECTION, item_ids=list(work_ids), delete=delete)


def readers_of(work_ids: Collection[int]) -> set[Reader]:
    """Who the works are of, to be compared with later."""
    rows = Authorship.objects.filter(work__in=list(work_ids))
    return set(rows.values_list("person", "work"))


def retract_from_former(work_ids: Collection[int], before: set[Reader]) -> None:
    """Whoever is no longer named as an author gets no more of it; what is on the record stays."""
    for person_id, work_id in sorted(before - readers_of(work_ids)):
        orcid = User.objects.values_list("orcid", flat=True).get(pk=person_id)
        own = connections.own_connection(orcid)
        if own is not None:
            queueing.withdraw(
                section=SECTION, item_ids=[work_id], delete=False, connection_ids=[own.pk]
            )


def resume(*, person_id: int, member_id: int) -> None:
    """The person lets the member push (again): what waited for that is queued. Or lets it push no
    more: then what failed waits for that, and is counted for nobody to look at."""
    person = User.objects.get(pk=person_id)
    grants = Grant.objects.in_force().of(person).to(Member(pk=member_id))
    if not grants.for_purpose(Purpose.PUSH).exists():
        own = connections.own_connection(person.orcid)
        if own is not None:
            queueing.hold_back(
                connection_id=own.pk, section=SECTION, member_id=member_id, why=not_allowed()
            )
        return
    waiting = Delivery.objects.of(person).filter(
        section=SECTION, member=member_id, state=Delivery.State.WAITING
    )
    send_for(person, member_id, list(waiting.values_list("item_id", flat=True)))


@transaction.atomic
def push_all(*, person: User) -> int:
    """*Push all now*: queue what was public before the person connected or switched on, too; how
    many works that are. Theirs alone to say (O2)."""
    found = unsent(person)
    number = found.count()  # before they are queued: then none is unsent
    # As whoever publishes does: members first, lanes after them.
    members = Member.objects.filter(pk__in=list(found.values_list("work__member", flat=True)))
    list(members.order_by("pk").select_for_update(of=("self",)))
    _queue(found)
    return number


def unsent(person: User) -> QuerySet[Authorship]:
    """Public works of a person, at members they let push, that were never given to the outbox."""
    granted = Grant.objects.in_force().of(person).for_purpose(Purpose.PUSH).values("member")
    known = Delivery.objects.of(person).filter(section=SECTION)
    # What waited for a permission, or was no longer wanted, counts as not sent.
    settled = known.exclude(state__in=["withdrawn", "deleted"]).values("item_id")
    public = Authorship.objects.filter(
        person=person, work__state="public", work__member__in=granted
    )
    return public.exclude(work__in=settled)


def note_visibility(connection_id: int, seen: Mapping[int, str]) -> None:
    """The person's record was read: who sees there what was pushed."""
    queueing.note_visibility(connection_id=connection_id, section=SECTION, seen=seen)


def _queue(written: QuerySet[Authorship]) -> None:
    """By connection and member, in the order of connections' keys (`queueing`)."""
    rows = list(
        written.order_by("work").values_list("person", "person__orcid", "work__member", "work")
    )
    allowed = _pushers({(person, member) for person, _orcid, member, _work in rows})
    keys = _connections({orcid for _person, orcid, _member, _work in rows if orcid})
    wanted: dict[tuple[int, int], list[int]] = defaultdict(list)
    for person, orcid, member, work in rows:
        if (person, member) in allowed and orcid in keys:
            wanted[keys[orcid], member].append(work)
    for (connection, member), works in sorted(wanted.items()):
        queueing.queue(connection_id=connection, section=SECTION, item_ids=works, member_id=member)


def _pushers(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    if not pairs:
        return set()
    people, members = ({pair[at] for pair in pairs} for at in (0, 1))
    grants = Grant.objects.in_force().for_purpose(Purpose.PUSH)
    found = grants.filter(Q(person__in=people) & Q(member__in=members))
    return set(found.values_list("person", "member")) & pairs


def _connections(orcids: Iterable[str]) -> dict[str, int]:
    """Also those withdrawn or closed: what is queued for these waits, and says for what."""
    ended = [Connection.State.ENDING, Connection.State.ENDED]
    own = Connection.objects.own().filter(orcid__in=list(orcids)).exclude(state__in=ended)
    return dict(own.values_list("orcid", "pk"))
