"""*Accounts*: how a person signs in, what is connected, and who may use that. Draws on three rooms."""

from typing import Any

from allauth.account.models import EmailAddress
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts.elsewhere import services
from contacts.models import InstitutionalSignIn, User
from integrations.orcid import oauth
from integrations.orcid.models import Connection
from integrations.orcid.problems import ConnectProblem
from integrations.orcid.views.connecting import problem_of
from integrations.push.services import lanes
from integrations.works.views.grants import given_by
from members.http import PortalRequest


@require_safe
@never_cache
def accounts(request: PortalRequest) -> HttpResponse:
    ways, orcid_at = services.ways_of(request.user)
    context = {
        "ways": ways,
        "orcid_at": orcid_at,
        "has_institutions": InstitutionalSignIn.objects.offered().exists(),
        "addresses": EmailAddress.objects.filter(user=request.user).order_by("-primary", "email"),
        **(given := given_by(request)),
        **_problem(request),
        "is_ending": _is_ending(given["connection"]),
    }
    return render(request, "people/accounts.html", context)


def _is_ending(connection: Connection | None) -> bool:
    """Whether what was written to the record is being deleted first (O6)."""
    return connection is not None and connection.can_be_ended and lanes.is_ending(connection.pk)


def _problem(request: PortalRequest) -> dict[str, Any]:
    """What went wrong when connecting; an iD that somebody else signs in with has its own words."""
    found = problem_of(request)
    if found is None:
        return {}
    word = found.problem.value
    if word == ConnectProblem.ANOTHER_ID.value and User.objects.filter(orcid=found.came).exists():
        word = "anothers_id"
    return {
        "problem": word,
        "came": found.came,
        "next_url": found.next_url,
        "orcid_sign_out": oauth.sign_out_url(),
    }
