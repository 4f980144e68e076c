"""What becomes of a record: locked, deactivated, merged into another, or as before."""

from django.db import transaction

from integrations.sandbox.control.guard import OrderError
from integrations.sandbox.models import Person


@transaction.atomic
def set_status(orcid: str, status: str, *, moved_to: str = "") -> Person:
    """The person with the new status; OrderError says what does not fit. Moves the record's date."""
    person = Person.objects.filter(orcid=orcid).first()
    if person is None:
        raise OrderError(f"Nobody has the iD {orcid}.")
    if status not in Person.Status.values:
        raise OrderError(f"status is none of {', '.join(Person.Status.values)}.")
    is_moved = status == Person.Status.MOVED
    if is_moved and not Person.objects.exclude(pk=person.pk).filter(orcid=moved_to).exists():
        raise OrderError("moved_to must be the iD of somebody else here.")
    person.status = status
    person.moved_to = moved_to if is_moved else ""
    person.save(update_fields=["status", "moved_to"])
    person.touch()
    return person
