"""What holds for every answer of the portal."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PersonalAnswersMiddleware:
    """What a signed-in person is shown is kept by no cache.

    Neither Back after signing out nor a proxy shows it to the next one. Answers that say themselves
    how long they may be kept are left alone, and nobody is looked up who was not asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.has_header("Cache-Control") or not request.session.accessed:
            return response
        if request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response
