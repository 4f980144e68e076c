"""Works of an institution out of a file."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from contacts.models import Run
from contacts.services import runs
from integrations.works.files.entry import Entry
from integrations.works.models import MemberWork
from integrations.works.permissions import can_keep_works
from integrations.works.services import authors, imports
from integrations.works.services.member_works import lock_to_keep, member_event
from members.actors import Actor
from members.models import Event, Member


def upload(*, member_id: int, file: File[bytes], by: Actor) -> Run:
    """Look a file through and keep it until its person says go. Raises `PermissionDenied`,
    `ValidationError` when it cannot be read."""
    if not can_keep_works(by, Member.objects.get(pk=member_id)):
        raise PermissionDenied
    return imports.upload(file=file, by=by, member_id=member_id)


@runs.carries_out(Run.Kind.MEMBER_WORKS)
def _carry_out(job: runs.Job) -> dict[str, Any]:
    member_id, by = int(job.run.subject["member"]), Actor.contact(job.run.started_by)

    def keep(entries: Sequence[Entry]) -> None:
        try:
            lock_to_keep(member_id, by)  # judged again: it may have ended meanwhile (R5)
        except PermissionDenied:
            raise ValidationError(_("You no longer keep the works of this member.")) from None
        works = [
            MemberWork(
                member_id=member_id,
                origin=MemberWork.Origin.FILE,
                added_by=by.user,
                **entry.content,
            )
            for entry in entries
        ]
        for work in works:
            work.set_keys()
        MemberWork.objects.bulk_create(works)
        authors.match(works)
        Event.append(
            member_event(
                Event.Kind.WORKS_ADDED,
                member_id,
                Actor.importer(by.user),
                works=[work.pk for work in works],
                number=len(works),
                work_origin=str(MemberWork.Origin.FILE),
            )
        )

    return imports.bring_in(job, keep)
