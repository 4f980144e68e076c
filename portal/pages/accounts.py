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
from integrations.orcid.problems import ConnectProblem
from integrations.orcid.views.connecting import problem_of
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
        **given_by(request),
        **_problem(request),
    }
    return render(request, "people/accounts.html", context)


def _problem(request: PortalRequest) -> dict[str, Any]:
    """What went wrong when connecting; an iD that somebody else signs in with has its own words."""
    found = problem_of(request)
    if found is None:
        return {}
    problem, came = found
    word = problem.value
    if problem is ConnectProblem.ANOTHER_ID and User.objects.filter(orcid=came).exists():
        word = "anothers_id"
    return {"problem": word, "came": came, "orcid_sign_out": oauth.sign_out_url()}
