"""The page that says why a sign-in by an account elsewhere came to nothing."""

import logging
from typing import Any

from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.elsewhere.http import ServiceFailed
from contacts.elsewhere.problems import Problem
from contacts.elsewhere.services import NAMES
from contacts.networks import note_failure

log = logging.getLogger(__name__)

# What somebody at play would cause.
ODD = {Problem.EXPIRED, Problem.UNTRUSTED, Problem.REFUSED}


def problem_of(
    error: str | None, exception: Exception | None, state: dict[str, Any] | None
) -> Problem:
    """What allauth's account of a failure means."""
    if isinstance(exception, ServiceFailed):
        return exception.problem
    if error == AuthError.CANCELLED:
        return Problem.CANCELLED
    if exception is not None:
        return Problem.UNTRUSTED
    return Problem.EXPIRED if state is None else Problem.REFUSED


def problem_response(
    request: HttpRequest, service: str, problem: Problem, *, reason: str = ""
) -> HttpResponse:
    """`reason` for the log: the name of an error, never its text, which may hold a token."""
    if problem in ODD:
        note_failure(request)
    if problem not in {Problem.CANCELLED, Problem.UNKNOWN}:
        log.warning("Sign-in by %s: %s %s", service, problem.value, reason)
    context = {"service": NAMES[service], "problem": problem.value}
    return render(request, "socialaccount/service_problem.html", context, status=problem.status)
