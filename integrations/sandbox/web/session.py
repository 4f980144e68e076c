"""Who is signed in at the sandbox, and since when."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from integrations.sandbox.models import Person

ORCID = "orcid"
SIGNED_IN_AT = "signed_in_at"


@dataclass(frozen=True)
class SignIn:
    person: Person
    at: dt.datetime

    @property
    def age(self) -> dt.timedelta:
        return timezone.now() - self.at


def sign_in(request: HttpRequest, person: Person) -> None:
    request.session.cycle_key()
    request.session[ORCID] = person.orcid
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()


def sign_out(request: HttpRequest) -> None:
    request.session.flush()


def current_sign_in(request: HttpRequest) -> SignIn | None:
    orcid = request.session.get(ORCID)
    person = Person.objects.active().filter(orcid=orcid).first() if orcid else None
    if person is None:
        return None
    at = dt.datetime.fromtimestamp(request.session[SIGNED_IN_AT], tz=dt.UTC)
    return SignIn(person, at)


def signed_in_person(request: HttpRequest) -> dict[str, Person | None]:
    """Context processor for the band on top of every page."""
    current = current_sign_in(request) if hasattr(request, "session") else None
    return {"signed_in_person": current.person if current else None}
