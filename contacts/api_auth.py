"""Who calls the API: an API token, only ever in the `Authorization` header (O1)."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.throttling import BaseThrottle

from contacts.services.tokens import actor_of_token
from contacts.throttles import throttled, used_up

if TYPE_CHECKING:
    from rest_framework.request import Request

    from contacts.models import User
    from members.actors import Actor


# Whoever sends so many tokens in a minute that were never made is guessing, and waits.
MOST_UNKNOWN = 30
_A_MINUTE = 60


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mt_…`. What the token may do is `request.auth`, an `Actor`."""

    scheme = "Bearer"

    def authenticate(self, request: "Request") -> "tuple[User, Actor] | None":
        kind, _space, secret = get_authorization_header(request).partition(b" ")
        if kind.lower() != self.scheme.lower().encode():
            return None
        guesses = f"api-guess:{BaseThrottle().get_ident(request)}"
        if used_up(guesses, most=MOST_UNKNOWN):
            raise Throttled(wait=_A_MINUTE)
        try:
            actor = actor_of_token(secret.strip().decode("latin-1"))
        except ValidationError as error:
            if error.code == "unknown":
                throttled(guesses, most=MOST_UNKNOWN, seconds=_A_MINUTE)
            raise AuthenticationFailed(error.messages[0], code=error.code) from error
        assert actor.user is not None  # noqa: S101  # a token has a person
        return actor.user, actor

    def authenticate_header(self, request: "Request") -> str:
        # Makes the answer a 401 (RFC 6750).
        return f'{self.scheme} realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped library
    """How the API's description calls it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made in Member Tools, under Settings, or at the lead desk.",
        }
