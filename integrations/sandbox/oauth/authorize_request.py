"""What an application asks for at `/oauth/authorize`, checked (orcid-api.md, 1.2)."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from django.http import QueryDict

from integrations.sandbox import scopes
from integrations.sandbox.models import Client
from integrations.sandbox.scopes import Scope


class PageError(Exception):
    """To be told on a page of ours: the address to go back to is not to be trusted."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


class RedirectError(Exception):
    """To be told to the application; `url` is its address with the error."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


@dataclass(frozen=True)
class AuthorizeRequest:
    client: Client
    redirect_uri: str
    scopes: frozenset[Scope]
    state: str
    nonce: str
    prompts: frozenset[str]
    max_age: int | None

    @property
    def always_asks(self) -> bool:
        return bool(self.prompts & {"login", "confirm"})

    def reply_url(self, **parameters: str) -> str:
        return reply_url(self.redirect_uri, self.state, **parameters)


def parse(query: QueryDict) -> AuthorizeRequest:
    """The request, or PageError, or RedirectError."""
    client, redirect_uri = parse_client(query)
    state = query.get("state", "")

    def refuse(error: str, description: str) -> RedirectError:
        return RedirectError(
            reply_url(redirect_uri, state, error=error, error_description=description)
        )

    if query.get("response_type") != "code":
        raise refuse("unsupported_response_type", "The local sandbox serves only code.")
    try:
        asked = parse_scopes(query.get("scope", ""), client)
    except (scopes.UnknownScopeError, scopes.ForbiddenScopeError) as error:
        raise refuse("invalid_scope", f"Invalid scope: {error}") from None
    # ORCID reads these two only in an OpenID Connect request.
    with_openid = Scope.OPENID in asked
    max_age = re.fullmatch(r"[0-9]{1,9}", query.get("max_age", ""))
    return AuthorizeRequest(
        client=client,
        redirect_uri=redirect_uri,
        scopes=asked,
        state=state,
        nonce=query.get("nonce", ""),
        prompts=frozenset(query.get("prompt", "").split()) if with_openid else frozenset(),
        max_age=int(max_age[0]) if with_openid and max_age else None,
    )


def parse_client(query: QueryDict) -> tuple[Client, str]:
    client = Client.objects.filter(client_id=query.get("client_id", "")).first()
    if client is None:
        raise PageError("invalid_client", "No application is registered with this client_id.")
    redirect_uri = query.get("redirect_uri", "")
    if not any(matches(redirect_uri, registered) for registered in client.redirect_uris):
        raise PageError(
            "redirect_uri_mismatch",
            f"{client.name} has not registered the redirect_uri {redirect_uri or '(none)'}.",
        )
    return client, redirect_uri


def parse_scopes(text: str, client: Client) -> frozenset[Scope]:
    """The scopes to ask the person for; those of two-legged tokens are dropped."""
    asked = scopes.parse(text) - scopes.CLIENT_SCOPES
    if not asked:
        raise scopes.ForbiddenScopeError(text)
    scopes.check_client(asked, is_member=client.is_member, extra_scopes=client.extra_scopes)
    return asked


def matches(asked: str, registered: str) -> bool:
    """Same scheme, user, host and port, and a path that starts with the registered one."""
    known = urlsplit(registered)
    try:
        wanted = urlsplit(asked)
        return (
            bool(wanted.scheme and wanted.netloc)
            and not wanted.fragment
            and origin(wanted) == origin(known)
            and (wanted.path or "/").startswith(known.path or "/")
        )
    except ValueError:
        # Brackets or a port that make no address.
        return False


def origin(url: SplitResult) -> tuple[str, str | None, str | None, str | None, int | None]:
    port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.username, url.password, url.hostname, port


def reply_url(redirect_uri: str, state: str, **parameters: str) -> str:
    """The application's address with an answer; `state` is echoed when it was sent."""
    if state:
        parameters["state"] = state
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return redirect_uri + separator + urlencode(parameters)
