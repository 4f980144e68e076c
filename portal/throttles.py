"""How often the API may be called."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle

from members.actors import Actor

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class CallerRateThrottle(SimpleRateThrottle):
    """So many calls a minute for each token, and for each person in a session."""

    scope = "caller"

    def get_rate(self) -> str:
        return f"{settings.API_CALLS_PER_MINUTE}/min"

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        if isinstance(request.auth, Actor) and request.auth.reach:
            ident = f"token-{request.auth.reach.token_id}"
        elif request.user.is_authenticated:
            ident = f"person-{request.user.pk}"
        else:
            return None  # counted by address
        return str(self.cache_format % {"scope": self.scope, "ident": ident})
