"""How a request for permission is answered: the mailed link opened, yes, no (O2)."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import User
from contacts.services.invitations import token_hash
from integrations.works.models import Grant, PermissionRequest
from integrations.works.services import asking, grants
from members.actors import Actor
from members.models import Event, Member


def find_request(token: str) -> PermissionRequest:
    """The live request behind a mailed link.

    Raises `ValidationError` with code `unknown`, `expired`, `given`, `denied` or `withdrawn`.
    """
    return _found(token_hash(token))


def _found(digest: str) -> PermissionRequest:
    related = PermissionRequest.objects.select_related("member", "person", "sent_by")
    row = related.filter(token_hash=digest).first()
    if row is None:
        raise ValidationError(
            _("This link does not work. There may be a newer one in your mailbox."), code="unknown"
        )
    if row.status != PermissionRequest.Status.OPEN:
        raise ValidationError(str(_OVER[row.status]), code=row.status)
    return row


# In the words of the page that a dead link leads to.
_OVER = {
    PermissionRequest.Status.EXPIRED: gettext_lazy("This link has expired."),
    PermissionRequest.Status.GIVEN: gettext_lazy("You have answered: the permission is given."),
    PermissionRequest.Status.DENIED: gettext_lazy("You have answered: you said no."),
    PermissionRequest.Status.WITHDRAWN: gettext_lazy("The institution has taken the request back."),
}


def is_for(row: PermissionRequest, person: User) -> bool:
    """Whether this person may answer: where it is known who was asked, nobody else."""
    return row.person_id is None or row.person_id == person.pk


@transaction.atomic
def accept(*, token: str, purposes: Collection[str], by: Actor) -> list[Grant]:
    """Give what the person ticked, out of what was asked for; the link is used up.

    Raises `ValidationError`: a dead link, code `another` for another person than the one asked, not
    a member today, nothing ticked. `PermissionDenied` for whoever does not act for themselves.
    """
    person = grants.person_behind(by)
    row = find_request(token)
    member = Member.objects.lock(row.member_id)
    row = find_request(token)
    if not is_for(row, person):
        raise ValidationError(_("This was sent to somebody else."), code="another")
    wanted = [purpose for purpose in row.purposes if purpose in purposes]
    if not wanted:
        raise ValidationError(_("Nothing was chosen."), code="nothing")
    given = grants.give(member, person, wanted, was_asked=True)
    row.person = person
    asking.close(row, PermissionRequest.Status.GIVEN)
    about = {"permission_request": row.pk}
    Event.append(grants.given_event(member, person, given, by, **about))
    return given


@transaction.atomic
def deny(*, token: str, by: Actor, at_orcid: bool = False) -> PermissionRequest:
    """Say no, by the mailed link alone, or by not allowing it at ORCID: recorded, and nobody is
    reminded. The member can ask again. Raises `ValidationError` for a dead link."""
    Member.objects.lock(find_request(token).member_id)
    row = find_request(token)
    if by.user is not None and not is_for(row, by.user):
        raise ValidationError(_("This was sent to somebody else."), code="another")
    asking.close(row, PermissionRequest.Status.DENIED)
    kind = Event.Kind.PERMISSION_DENIED
    Event.append(asking.ask_event(kind, row, by, at_orcid=at_orcid))
    return row
