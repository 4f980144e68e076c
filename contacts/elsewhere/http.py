"""HTTP for allauth's providers: with time-outs, and one kind of failure whatever has gone wrong."""

from typing import Any

import httpx
from allauth.socialaccount.providers.base import ProviderException
from django.conf import settings

from contacts.elsewhere.problems import Problem
from contacts.outside import certificates


class ServiceFailed(ProviderException):  # type: ignore[misc]  # allauth has no types
    """A sign-in by an account elsewhere that came to nothing."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class ServiceSession(httpx.Client):
    """What allauth takes for a session of `requests`. Raises `ServiceFailed`."""

    def __init__(self) -> None:
        super().__init__(timeout=settings.INSTITUTION_TIMEOUT_SECONDS, verify=certificates())

    def request(self, *args: Any, **kwargs: Any) -> httpx.Response:
        try:
            response = super().request(*args, **kwargs)
        except httpx.HTTPError:
            raise ServiceFailed(Problem.UNAVAILABLE) from None
        if response.is_client_error:
            # A code that was used twice, or is too old; or a client that is not set up right.
            raise ServiceFailed(Problem.REFUSED)
        if not response.is_success:
            raise ServiceFailed(Problem.UNAVAILABLE)
        return response
