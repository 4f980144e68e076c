"""The two ends of a sign-in: off to ORCID, and back."""

import time
from typing import Any

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from integrations.orcid.id_token import FRESH_SECONDS
from integrations.orcid.provider import OrcidOAuth2Adapter

FRESH_SESSION_KEY = "orcid_fresh_at"


class OrcidCallbackView(OAuth2CallbackView):
    adapter: OrcidOAuth2Adapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        """allauth hands the stashed state to nobody who could compare the nonce."""
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        return state, response

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        # Last of all: signing in has begun a new session.
        orcid = self.adapter.freshly_proved
        if orcid and getattr(request.user, "orcid", None) == orcid:
            request.session[FRESH_SESSION_KEY] = time.time()
        return response


def signed_in_freshly(request: HttpRequest) -> bool:
    """Whether the person has typed the password at ORCID within the last five minutes.

    To ask for it, send them to `orcid_login` with `fresh=1` and `next`.
    """
    at = request.session.get(FRESH_SESSION_KEY, 0)
    return request.user.is_authenticated and time.time() - at <= FRESH_SECONDS


oauth2_login = never_cache(
    require_http_methods(["GET", "HEAD", "POST"])(OAuth2LoginView.adapter_view(OrcidOAuth2Adapter))
)
oauth2_callback = never_cache(require_GET(OrcidCallbackView.adapter_view(OrcidOAuth2Adapter)))
