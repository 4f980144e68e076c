"""What a person does to their own list: add, change, delete, hide and show works."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import User
from integrations.orcid import connections
from integrations.works import content as rules
from integrations.works.content import Content
from integrations.works.models import Pull, Work
from integrations.works.models.content import WorkContent
from integrations.works.services import refreshing
from members.actors import Actor
from members.errors import StaleVersion


def _person(by: Actor) -> User:
    if by.user is None:
        raise PermissionDenied
    return by.user


def _lock(work_id: int, by: Actor) -> Work:
    """The person's own work, locked. Raises `PermissionDenied` for anybody else's."""
    work = Work.objects.of(_person(by)).select_for_update().filter(pk=work_id).first()
    if work is None:
        raise PermissionDenied
    return work


def changed_fields(work: WorkContent, content: Mapping[str, Any]) -> list[str]:
    """The names of the fields that the content says otherwise than the work."""
    return [
        name for name in rules.FIELDS if name in content and getattr(work, name) != content[name]
    ]


def _check(content: Content, fields: Mapping[str, Any]) -> None:
    """Raise `ValidationError` with messages by field for what is wrong in `fields`."""
    wrong = {name: words for name, words in rules.problems(content).items() if name in fields}
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def add_work(*, content: Content, by: Actor) -> Work:
    """A work typed here. Raises `ValidationError` with messages by field."""
    whole = rules.EMPTY | content
    _check(whole, whole)
    work = Work(person=_person(by), origin=Work.Origin.FORM, **whole)
    work.save()
    return work


@transaction.atomic
def restore_work(*, content: Content, origin: Work.Origin, hidden: bool, by: Actor) -> Work:
    """Undo a deletion: what was taken once is not checked again."""
    work = Work(person=_person(by), origin=origin, **content)
    work.hidden_at = timezone.now() if hidden else None
    work.save()
    return work


@transaction.atomic
def change_work(*, work_id: int, version: int, content: Content, by: Actor) -> Work:
    """Make the work say what `content` says; what it does not name stays.

    Of a work of ORCID's exactly what differs is marked as edited here, and a pull leaves it alone
    (rule O7). What has not changed is not checked: ORCID may have taken what we would not.
    Raises `StaleVersion` (H2; there are no events of a person's own works), `ValidationError` with
    messages by field.
    """
    work = _lock(work_id, by)
    if work.version != version:
        raise StaleVersion(version=work.version, events=[])
    changed = changed_fields(work, content)
    if not changed:
        return work
    _check(
        {name: content.get(name, getattr(work, name)) for name in rules.FIELDS},
        dict.fromkeys(changed),
    )
    if work.origin == Work.Origin.ORCID:
        for name in set(changed) - {*work.edited_fields}:
            work.orcid_values.setdefault(name, getattr(work, name))
        work.edited_fields = sorted({*work.edited_fields, *changed})
    for name in changed:
        setattr(work, name, content[name])
    work.version += 1
    work.save()
    return work


def use_orcid_value(*, work_id: int, field: str, by: Actor) -> None:
    """Forget what was edited here in one field: ORCID's value comes with a pull, started at once.

    Raises `ValidationError` where ORCID cannot be asked.
    """
    person = _person(by)
    connection = connections.own_connection(person.orcid)
    if connection is None or not connection.is_active:
        raise ValidationError(_("Connect ORCID first."), code="not_connected")
    with transaction.atomic():
        work = _lock(work_id, by)
        if work.put_code is None or work.left_orcid_at is not None:
            raise ValidationError(_("This work is not on your ORCID record."), code="not_there")
        together = {field}.union(*(pair for pair in rules.PAIRS if field in pair))
        if not together & set(work.edited_fields):
            return
        work.edited_fields = [name for name in work.edited_fields if name not in together]
        # So that the next pull reads the whole of it, though nothing has changed at ORCID.
        work.orcid_modified = None
        work.version += 1
        work.save(update_fields=["edited_fields", "orcid_modified", "version", "updated_at"])
        Pull.objects.filter(connection=connection).update(fingerprint="", due_at=timezone.now())
    refreshing.sync(by=by)


def can_delete(work: Work) -> bool:
    """Whether it is the portal's alone: what is on the ORCID record would come back, so is hidden."""
    return work.origin != Work.Origin.ORCID or work.left_orcid_at is not None


@transaction.atomic
def delete_work(*, work_id: int, by: Actor) -> Work:
    """Delete a work that is not on the ORCID record; returned for an undo.

    Raises `ValidationError` for one that is.
    """
    work = _lock(work_id, by)
    if not can_delete(work):
        raise ValidationError(
            _("This work is on your ORCID record. Hide it here, or delete it at ORCID."),
            code="on_orcid",
        )
    Work.objects.filter(pk=work.pk).delete()
    return work


def hide_work(*, work_id: int, by: Actor) -> Work:
    """Take a work out of the list here; at ORCID nothing changes."""
    return _set_hidden(work_id, by, is_hidden=True)


def show_work(*, work_id: int, by: Actor) -> Work:
    """Put a hidden work back into the list."""
    return _set_hidden(work_id, by, is_hidden=False)


@transaction.atomic
def _set_hidden(work_id: int, by: Actor, *, is_hidden: bool) -> Work:
    work = _lock(work_id, by)
    if (work.hidden_at is not None) != is_hidden:
        work.hidden_at = timezone.now() if is_hidden else None
        work.version += 1
        work.save(update_fields=["hidden_at", "version", "updated_at"])
    return work
