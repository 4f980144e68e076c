"""Access tokens as requests present them."""

from django.http import HttpRequest

from integrations.sandbox.models import Token


def presented_token(request: HttpRequest) -> str:
    """The token in the header, or in the `access_token` parameter as old clients send it."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return request.POST.get("access_token") or request.GET.get("access_token") or ""


def live_token(presented: str, *, method: str | None = "GET") -> Token | None:
    """The token, if it still opens anything to a request of this method.

    One that its owner has revoked opens DELETE alone: a member can withdraw what it has written.
    """
    token = Token.objects.select_related("client", "person").filter(access_token=presented).first()
    if token is None:
        return None
    is_usable = token.is_live or (method == "DELETE" and token.only_deletes)
    return token if is_usable else None
