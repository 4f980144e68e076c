"""Errors in plain words, with a way on. None of them asks the database for anything."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from portal.context import deployment
from portal.problems import is_api, plain_problem


@login_not_required
@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return plain_problem(HTTPStatus.BAD_REQUEST, _("This request cannot be read."))
    return HttpResponseBadRequest(render_to_string("400.html", deployment(request)))


@login_not_required
@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request: whatever broke may be the session, the person or the database."""
    if is_api(request):
        return plain_problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong on our side.")
        )
    return HttpResponseServerError(render_to_string("500.html", deployment(request)))
