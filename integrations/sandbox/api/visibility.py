"""Which parts of a record a call may see (orcid-api.md, 2.5)."""

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
        location = f"{links.base_url()}/{call.api}/v3.0/{person.moved_to}/{section}"
        raise errors.moved(links.orcid_uri(person.moved_to), location=location)
    if person.status == Person.Status.LOCKED:
        raise errors.locked(orcid)
    call.require_read_public()
    return person


def visible_levels(call: ApiCall, person: Person) -> set[str]:
    levels: set[str] = {Visibility.PUBLIC}
    if is_own_record(call, person) and call.may(Scope.PERSON_READ_LIMITED):
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


def is_own_record(call: ApiCall, person: Person) -> bool:
    """Whether the call comes with this person's permission, at the API that honours it."""
    return call.api == Api.MEMBER and call.token is not None and call.token.person == person
