"""Who is signed in at the sandbox, and since when."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from integrations.sandbox.models import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

ORCID = "orcid"
SIGNED_IN_AT = "signed_in_at"
# An institution's account whose owner has yet to say which record is theirs.
PENDING = "institutional_account"


@dataclass(frozen=True)
class SignIn:
    person: Person
    at: dt.datetime

    @property
    def age(self) -> dt.timedelta:
        return timezone.now() - self.at


def sign_in(request: HttpRequest, person: Person) -> None:
    request.session.cycle_key()
    # Whoever this is: an account that was being linked is not theirs unless it has been linked.
    request.session.pop(PENDING, None)
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


def signed_in_only(view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse]) -> View[P]:
    """Hands the view its person; sends strangers to the sign-in, which brings them back."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        current = current_sign_in(request)
        if current is None:
            # A form that was sent meanwhile is lost; a page of ours can be opened again.
            target = request.get_full_path() if request.method in {"GET", "HEAD"} else "/my-orcid"
            return HttpResponseRedirect(f"/signin?{urlencode({'next': target})}")
        return view(request, current.person, *args, **kwargs)

    return guarded
