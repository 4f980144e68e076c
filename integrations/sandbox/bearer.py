"""Access tokens as requests present them."""

from django.http import HttpRequest

from integrations.sandbox.models import Token


def presented_token(request: HttpRequest) -> str:
    """The token in the header, or in the `access_token` parameter as old clients send it."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return request.POST.get("access_token") or request.GET.get("access_token") or ""


def live_token(presented: str) -> Token | None:
    token = Token.objects.select_related("client", "person").filter(access_token=presented).first()
    return token if token and token.is_live else None
