"""What researchers do themselves with works of an institution: add, publish, take back.

The member may ask that its staff look at them first (`WorksPolicy.validate_first`); works of people
it has never had to do with its staff always looks at first.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import User
from integrations.works import content as rules
from integrations.works.content import Content
from integrations.works.models import MemberWork
from integrations.works.permissions import is_known_to, is_researcher_of
from integrations.works.services import member_works as works
from integrations.works.services import pushing
from members.actors import Actor
from members.models import Event, Member

State, Origin = MemberWork.State, MemberWork.Origin


@transaction.atomic
def add_work(*, member_id: int, content: Content, by: Actor) -> MemberWork:
    """A draft of the person's own for a member, with them among its people.

    Raises `PermissionDenied` for whoever is no researcher of the member; `ValidationError` with
    messages by field.
    """
    member = Member.objects.lock(member_id)
    person = by.user
    if person is None or not is_researcher_of(by, member):
        raise PermissionDenied
    whole = content | {"contributors": with_person(content.get("contributors", []), person)}
    work = works.make(member, whole, by, origin=Origin.RESEARCHER)
    Event.append(works.work_event(Event.Kind.WORK_ADDED, work, by))
    return work


@transaction.atomic
def change_work(*, work_id: int, version: int, content: Content, by: Actor) -> MemberWork:
    """Change a work that the person added. Where the member validates first, one that it has
    validated, or made public, is its to change.

    Raises `PermissionDenied`, `StaleVersion` (H2), `ValidationError`.
    """
    member, work = _lock_own(work_id, by)
    if not may_change(work, by.user, must_validate=must_validate(member, by.user)):
        raise PermissionDenied
    return works.rewrite(work_id, version, content, by)


@transaction.atomic
def publish(*, work_id: int, version: int, by: Actor) -> MemberWork:
    """Make it public; where its staff looks first (`must_validate`), ask it to look at a draft.

    Raises `PermissionDenied` for works of others, `StaleVersion`.
    """
    member, _own = _lock_own(work_id, by)
    work = works.fresh(work_id, version)
    if work.state == State.DRAFT and must_validate(member, by.user):
        work.asked_at = timezone.now()
        work.version += 1
        work.save(update_fields=["asked_at", "version", "updated_at"])
        Event.append(works.work_event(Event.Kind.WORK_CHANGED, work, by, asked=True))
        return work
    works.bring_into(member, [work_id], State.PUBLIC, by)
    work.refresh_from_db()
    return work


@transaction.atomic
def take_back(*, work_id: int, version: int, by: Actor) -> MemberWork:
    """A draft again: one that the person added. Raises as `publish`."""
    member, work = _lock_own(work_id, by)
    if not is_added_by(work, by.user):
        raise PermissionDenied
    work = works.fresh(work_id, version)
    if work.asked_at:
        MemberWork.objects.filter(pk=work_id).update(asked_at=None)
    works.bring_into(member, [work_id], State.DRAFT, by)
    work.refresh_from_db()
    return work


@transaction.atomic
def delete_draft(*, work_id: int, version: int, by: Actor) -> None:
    """Delete a draft that the person added. Raises as `publish`; `ValidationError` for another."""
    _member, work = _lock_own(work_id, by)
    if not is_added_by(work, by.user):
        raise PermissionDenied
    work = works.fresh(work_id, version)
    if work.state != State.DRAFT:
        raise ValidationError(_("Only a draft can be deleted. Take it back first."), code="state")
    event = works.work_event(Event.Kind.WORK_DELETED, work, by)
    work.delete()
    Event.append(event)


def must_validate(member: Member, person: User | None) -> bool:
    """Whether the member's staff looks at what this researcher adds before it is public."""
    if person is None or pushing.policy_of(member).validate_first:
        return True
    return not is_known_to(member, person)


def is_added_by(work: MemberWork, person: User | None) -> bool:
    """Whether a researcher added it themselves."""
    return person is not None and work.origin == Origin.RESEARCHER and work.added_by_id == person.pk


def may_change(work: MemberWork, person: User | None, *, must_validate: bool) -> bool:
    """Whether its researcher may still change it."""
    return is_added_by(work, person) and (work.state == State.DRAFT or not must_validate)


def _lock_own(work_id: int, by: Actor) -> tuple[Member, MemberWork]:
    """A work the person added or is an author of, under its member's lock, while they are one of
    its researchers."""
    if by.user is None:
        raise PermissionDenied
    member = Member.objects.lock(works.member_of(work_id))
    work = MemberWork.objects.of(by.user).filter(pk=work_id).first()
    if work is None or not is_researcher_of(by, member):
        raise PermissionDenied
    return member, work


def with_person(people: list[dict[str, str]], person: User) -> list[dict[str, str]]:
    """The people of a work, with this one named by the iD they proved: where their name stands, or
    at the end."""
    return rules.with_orcid(people, person.orcid or "", person.display_name)
