"""The error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, f"The form could not be checked ({reason}). Go back and try again.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400, "The request could not be understood.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Http404 raised by a view carries a sentence; the resolver's does not.
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return page(request, 404, reason or "There is no page at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "The sandbox itself failed; its log says why.")


def page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    return render(request, "sandbox/error.html", {"message": message}, status=status)
