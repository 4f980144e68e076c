"""Sign-in with ORCID: the portal's own provider for allauth, in the place of the stock one.

It asks for `openid` alone, sends and checks a nonce, trusts nothing but the signed id_token, and
keeps the iD and the name (O1). What is wrong with the stock provider: docs/orcid.md.
"""

import logging
import secrets
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess, ProviderAccount, ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.utils import get_request_param
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from integrations.orcid import id_token, oauth
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
from integrations.orcid.ids import is_orcid, orcid_uri
from integrations.orcid.problems import Problem

log = logging.getLogger(__name__)

# The answers that mean: this deployment's client is wrong, not this person's attempt.
CLIENT_ERRORS = frozenset({"invalid_client", "unauthorized_client", "invalid_scope"})
NAME_LENGTH = 200


class SignInFailed(ProviderException):
    """A sign-in that came to nothing, for a reason that has its own words on the page."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class OrcidOAuth2Client(OAuth2Client):
    """Trades the code by our own HTTP client: with time-outs, counted, never logged."""

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        try:
            answer = oauth.exchange_code(code=code, redirect_uri=self.callback_url)
        except OrcidUnavailable:
            raise SignInFailed(Problem.UNAVAILABLE) from None
        except OrcidRefused as error:
            log.warning("ORCID sign-in refused: %s %s", error.status, error.error)
            is_ours = error.status == 401 or error.error in CLIENT_ERRORS
            raise SignInFailed(Problem.MISCONFIGURED if is_ours else Problem.EXPIRED) from None
        return {"orcid": answer.orcid, "name": answer.name, "id_token": answer.id_token}


class OrcidOAuth2Adapter(OAuth2Adapter):
    provider_id = "orcid"
    client_class = OrcidOAuth2Client
    # Never used: the client knows where to go. The base class wants the attribute.
    access_token_url = ""
    # Set by the callback view: what was stashed when the sign-in began.
    state: dict[str, Any] | None = None
    # The iD whose owner has just typed the password, where that was asked for.
    freshly_proved = ""

    @property
    def authorize_url(self) -> str:
        return f"{settings.ORCID_BASE_URL}/oauth/authorize"

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """As registered at ORCID: it does not follow from what host name the request came by."""
        return f"{settings.SITE_URL}{reverse('orcid_callback')}"

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        # The token is not kept, not even on its way (O1).
        return SocialToken(token="")

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Raises `SignInFailed` unless the id_token proves the iD that the answer names."""
        answer = kwargs["response"]
        state = self.state or {}
        proof = self._proof(answer["id_token"], state.get("nonce", ""))
        if proof.orcid != answer["orcid"]:
            log.warning("ORCID sign-in: the id_token is about somebody else.")
            raise SignInFailed(Problem.UNTRUSTED)
        if state.get("fresh"):
            if not proof.is_fresh:
                raise SignInFailed(Problem.NOT_FRESH)
            self.freshly_proved = proof.orcid
        return self.get_provider().sociallogin_from_response(
            request, {"orcid": proof.orcid, "name": answer["name"][:NAME_LENGTH]}
        )

    def _proof(self, token: str, nonce: str) -> id_token.Proof:
        try:
            return id_token.verify(token, nonce=nonce)
        except id_token.UntrustedIdToken as error:
            log.warning("ORCID sign-in: the id_token fails the check of %s", error)
            raise SignInFailed(Problem.UNTRUSTED) from None
        except (OrcidUnavailable, OrcidRefused):
            raise SignInFailed(Problem.UNAVAILABLE) from None


class OrcidAccount(ProviderAccount):
    def get_profile_url(self) -> str:
        return orcid_uri(self.account.uid)

    def to_str(self) -> str:
        return str(self.account.uid)


class OrcidProvider(OAuth2Provider):
    id = "orcid"
    name = "ORCID"
    account_class = OrcidAccount
    oauth2_adapter_class = OrcidOAuth2Adapter

    def get_scope(self) -> list[str]:
        return ["openid"]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """What the person may say: where to go on, and to be asked for the password again.

        Scope, process and parameters for ORCID are not theirs to choose.
        """
        return {
            "process": AuthProcess.LOGIN,
            "next_url": get_next_redirect_url(request),
            "fresh": get_request_param(request, "fresh") == "1",
        }

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        if not (self.app.client_id and self.app.secret):
            return get_adapter(request).problem_response(
                request, Problem.MISCONFIGURED, next_url=next_url
            )
        nonce = secrets.token_urlsafe(24)
        prompt = {"prompt": "login"} if kwargs.get("fresh") else {}
        kwargs |= {"nonce": nonce, "auth_params": {"nonce": nonce, **prompt}}
        response: HttpResponse = super().redirect(request, process, next_url, data, **kwargs)
        return response

    def extract_uid(self, data: dict[str, str]) -> str:
        if not is_orcid(data["orcid"]):
            raise SignInFailed(Problem.UNTRUSTED)
        return data["orcid"]

    def extract_extra_data(self, data: dict[str, str]) -> dict[str, str]:
        return {"orcid": data["orcid"], "name": data["name"]}

    def extract_common_fields(self, data: dict[str, str]) -> dict[str, str]:
        return {"name": data["name"]}


provider_classes = [OrcidProvider]
