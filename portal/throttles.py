"""How often the API may be called."""

from typing import TYPE_CHECKING

from rest_framework.throttling import BaseThrottle

from contacts.networks import from_network
from contacts.throttles import API_CALLS, API_READS, Count, spend
from members.actors import Actor

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class CallerThrottle(BaseThrottle):
    """So many calls a minute for each token, each person in a session, and each network of strangers."""

    seconds = 0

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        self.seconds = spend(_caller(request))
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


def _caller(request: "Request") -> Count:
    if isinstance(request.auth, Actor) and request.auth.reach:
        return API_CALLS, ("token", request.auth.reach.token_id)
    if request.user.is_authenticated:
        return API_CALLS, ("person", request.user.pk)
    return from_network(API_READS, request._request)  # noqa: SLF001  # REST framework wraps it
