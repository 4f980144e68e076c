"""Which parts of a record a call may see (orcid-api.md, 2.5)."""

from django.db.models import Q

from integrations.sandbox import errors, links
from integrations.sandbox.api.call import Api, ApiCall
from integrations.sandbox.models import Email, Person, Visibility
from integrations.sandbox.scopes import Scope


def readable_person(call: ApiCall, orcid: str, *, section: str) -> Person:
    """The person whose record the call may read; ApiError in ORCID's order of checks.

    A deactivated record is readable, though empty.
    """
    token = call.token
    if call.api == Api.MEMBER and token and token.person and token.person.orcid != orcid:
        raise errors.other_record()
    person = Person.objects.filter(orcid=orcid).first()
    if person is None:
        raise errors.not_found()
    if person.status == Person.Status.MOVED:
        path = f"{person.moved_to}/{section}".rstrip("/")
        location = f"{links.base_url()}/{call.api}/v3.0/{path}"
        raise errors.moved(links.orcid_uri(person.moved_to), location=location)
    if person.status == Person.Status.LOCKED:
        raise errors.locked(orcid)
    call.require_read_public()
    return person


def visible_levels(
    call: ApiCall, person: Person, scope: Scope = Scope.PERSON_READ_LIMITED
) -> set[str]:
    levels: set[str] = {Visibility.PUBLIC}
    if is_own_record(call, person) and call.may(scope):
        levels.add(Visibility.LIMITED)
    return levels


def visible_emails(call: ApiCall, person: Person) -> list[Email]:
    """Verified addresses only: ORCID shows no other, whatever the scope."""
    levels = visible_levels(call, person)
    if is_own_record(call, person) and call.may(Scope.EMAIL_READ_PRIVATE):
        levels |= set(Visibility.values)
    if person.status != Person.Status.ACTIVE:
        return []
    return [email for email in person.emails.all() if email.verified and email.visibility in levels]


def visible_activities(call: ApiCall, person: Person) -> Q:
    """Which items of the record the call may see: what its own client wrote, always."""
    if person.status != Person.Status.ACTIVE:
        return Q(pk__in=[])
    seen = Q(visibility__in=visible_levels(call, person, Scope.ACTIVITIES_READ_LIMITED))
    if call.api == Api.MEMBER and call.token:
        seen |= Q(source_client=call.token.client)
    return seen & Q(person=person)


def refusal(call: ApiCall, person: Person) -> errors.ApiError:
    """Why the call may not see a single item that is there."""
    if call.api == Api.PUBLIC:
        return errors.not_public()
    limited = is_own_record(call, person) and call.may(Scope.ACTIVITIES_READ_LIMITED)
    return errors.private_item() if limited else errors.not_public_without_scope()


def is_own_record(call: ApiCall, person: Person) -> bool:
    """Whether the call comes with this person's permission, at the API that honours it."""
    return call.api == Api.MEMBER and call.token is not None and call.token.person == person
