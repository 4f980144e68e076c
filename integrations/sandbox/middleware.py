import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import faults
from integrations.sandbox.limits import COUNTED, caller_of, limiter

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTROL_PREFIX = "/sandbox/"
# No form-action: Chromium applies it to the redirect back to the application, too.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class RateLimitMiddleware:
    """The proxy in front of ORCID: counts calls, slows them, refuses those over the burst."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(COUNTED):
            wait = limiter.come(caller_of(request))
            if wait is None:
                # As ORCID: no Retry-After, and no JSON.
                return HttpResponse(faults.BUSY_PAGE, status=503, content_type="text/html")
            if wait:
                time.sleep(wait)
        return self.get_response(request)


class FaultMiddleware:
    """Lets happen what `/sandbox/faults` has ordered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(CONTROL_PREFIX):
            return self.get_response(request)
        return faults.meet(request, self.get_response)


class ContentSecurityMiddleware:
    """A strict policy on every page that does not bring its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
