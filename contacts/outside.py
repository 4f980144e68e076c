"""What signing in through an institution and by an account elsewhere have in common."""

import ssl
from functools import cache
from typing import Any

import httpx
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import AuthProcess
from allauth.utils import get_request_param
from django.http import HttpRequest


def asked(request: HttpRequest) -> dict[str, Any]:
    """What the person may say: where to go on; who is signed in, that this is one more way in.

    Scope and parameters for the service are not theirs to choose.
    """
    wants_more = get_request_param(request, "process") == AuthProcess.CONNECT
    is_more = wants_more and request.user.is_authenticated
    return {
        "process": AuthProcess.CONNECT if is_more else AuthProcess.LOGIN,
        "next_url": get_next_redirect_url(request),
    }


@cache
def certificates() -> ssl.SSLContext:
    """Whom HTTPS trusts, read once: that takes longer than most calls."""
    return httpx.create_ssl_context()
