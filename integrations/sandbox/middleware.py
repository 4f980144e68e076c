import time
from collections.abc import Callable

from django.db.models import F
from django.http import HttpRequest, HttpResponse

from integrations.sandbox.models import Fault

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTROL_PREFIX = "/sandbox/"
# No form-action: Chromium applies it to the redirect back to the application, too.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class FaultMiddleware:
    """Answers with the fault that `/sandbox/faults` has ordered, if one fits."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        fault = None if request.path.startswith(CONTROL_PREFIX) else take_fault(request.path)
        if fault is None:
            return self.get_response(request)
        time.sleep(fault.delay_ms / 1000)
        if fault.status is None:
            return self.get_response(request)
        return HttpResponse(
            fault.body,
            status=fault.status,
            content_type=fault.content_type,
            headers=fault.headers,
        )


def take_fault(path: str) -> Fault | None:
    """The first fault for this path that has not been used up, counted down by one."""
    for fault in Fault.objects.filter(times_left__gt=0):
        if not path.startswith(fault.path_prefix):
            continue
        mine = Fault.objects.filter(pk=fault.pk, times_left__gt=0)
        # Of two requests at once, only one gets the last.
        if mine.update(times_left=F("times_left") - 1):
            return fault
    return None


class ContentSecurityMiddleware:
    """A strict policy on every page that does not bring its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
