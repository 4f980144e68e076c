"""The page that says why a sign-in through an institution came to nothing, and whom to ask there."""

import logging
from typing import Any

from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contacts.institutional.problems import InstitutionFailed, Problem
from contacts.models import InstitutionalSignIn
from contacts.networks import note_failure

log = logging.getLogger(__name__)

# What somebody at play would cause.
ODD = {Problem.EXPIRED, Problem.UNTRUSTED, Problem.UNASKED}


def problem_of(
    error: str | None, exception: Exception | None, state: dict[str, Any] | None
) -> Problem:
    """What allauth's account of a failure means."""
    if isinstance(exception, InstitutionFailed):
        return exception.problem
    if error == AuthError.CANCELLED:
        return Problem.CANCELLED
    # Sent back with an error that only the two sides' settings can have caused.
    return Problem.MISCONFIGURED if state is not None else Problem.EXPIRED


def problem_response(
    request: HttpRequest,
    sign_in: InstitutionalSignIn,
    problem: Problem,
    *,
    reason: str = "",
    next_url: str | None = None,
) -> HttpResponse:
    if problem in ODD:
        note_failure(request)
    if problem is not Problem.CANCELLED:
        log.warning("Sign-in through %s: %s %s", sign_in.slug, problem.value, reason)
    context = {
        "sign_in": sign_in,
        "problem": problem.value,
        "next_url": next_url,
        # What local help needs to find it in a log.
        "at": timezone.now(),
    }
    return render(request, "institutions/problem.html", context, status=problem.status)
