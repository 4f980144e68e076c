"""Who calls the API: an API token, only ever in the `Authorization` header (O1)."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled

from contacts.networks import from_network
from contacts.services.tokens import actor_of_token
from contacts.throttles import BAD_TOKENS, spend, wait_for

if TYPE_CHECKING:
    from rest_framework.request import Request

    from contacts.models import User
    from members.actors import Actor


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mt_…`. What the token may do is `request.auth`, an `Actor`."""

    scheme = "Bearer"

    def authenticate(self, request: "Request") -> "tuple[User, Actor] | None":
        kind, _space, secret = get_authorization_header(request).partition(b" ")
        if kind.lower() != self.scheme.lower().encode():
            return None
        guesses = from_network(BAD_TOKENS, request._request)  # noqa: SLF001  # it is wrapped
        if wait := wait_for(guesses):
            raise Throttled(wait=wait)
        try:
            actor = actor_of_token(secret.strip().decode("latin-1"))
        except ValidationError as error:
            if error.code == "unknown":
                spend(guesses)
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
