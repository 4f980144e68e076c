"""What holds for every answer of the portal."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from contacts import localisation


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


class OwnLanguageMiddleware:
    """Pages in the language and time zone that the signed-in person has chosen.

    Costs no query: both stand on the row by which the session's person is known, and pages show that
    person in any case. What is the same for everybody (`members.http.same_for_all`) looks nobody up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and not getattr(view, "same_for_all", False):
            user = request.user
            if user.is_authenticated:
                localisation.activate(user)
        return None


@receiver(request_finished)
def _speak_to_the_next(**_more: Any) -> None:
    """Not before all of an answer has gone out: files are written while they are sent."""
    localisation.deactivate()
