"""Who is calling the token and revocation endpoints."""

import base64
import binascii
import secrets
from urllib.parse import unquote

from django.http import HttpRequest

from integrations.sandbox.errors import OAuthError
from integrations.sandbox.models import Client

MAX_LENGTH = 200


def authenticated_client(request: HttpRequest, *, missing_status: int) -> Client:
    """The client named in the body or by HTTP Basic; OAuthError when it is not who it says.

    `missing_status`: ORCID's hosts differ in the status for absent credentials.
    """
    client_id, secret = credentials(request)
    if not (0 < len(client_id) <= MAX_LENGTH and 0 < len(secret) <= MAX_LENGTH):
        raise OAuthError(
            missing_status, "invalid_request", "client_id and client_secret are required"
        )
    client = Client.objects.filter(client_id=client_id).first()
    known = client.client_secret if client else ""
    if client is None or not secrets.compare_digest(known.encode(), secret.encode()):
        raise OAuthError(401, "invalid_client", "Bad client credentials")
    return client


def credentials(request: HttpRequest) -> tuple[str, str]:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(client_id), unquote(secret)
