"""OpenID Connect at an institution: allauth's provider, with what it leaves open closed.

The stock provider checks neither signature nor nonce, and believes userinfo about whomever it is.
Here the signed id_token says who it is; userinfo may only add to that, about the same subject.
"""

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from contacts.institutional import http, metadata
from contacts.institutional._shared import LEEWAY_SECONDS, InstitutionProviderMixin, check_fresh
from contacts.institutional.attributes import read_person
from contacts.institutional.problems import InstitutionFailed, Problem

log = logging.getLogger(__name__)

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
# Claims about the statement itself, not about the person.
OF_THE_STATEMENT = frozenset(
    ["iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "sid"]
)


class InstitutionClient(OAuth2Client):
    """Trades the code by our own HTTP client: with time-outs, never logged."""

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback_url,
            "code_verifier": pkce_code_verifier,
            "client_id": self.consumer_key,
        }
        auth = httpx.BasicAuth(self.consumer_key, self.consumer_secret) if self.basic_auth else None
        if auth is None:
            form["client_secret"] = self.consumer_secret
        status, body = _call("POST", self.access_token_url, data=form, auth=auth)
        answer = _answer(body)
        if status == httpx.codes.OK:
            return answer
        error = answer.get("error")
        log.warning("Institutional sign-in: the code is refused with status %s.", status)
        if error == "invalid_grant":
            raise InstitutionFailed(Problem.EXPIRED)
        is_ours = status in {httpx.codes.UNAUTHORIZED, httpx.codes.BAD_REQUEST}
        raise InstitutionFailed(Problem.MISCONFIGURED if is_ours else Problem.UNAVAILABLE)


class InstitutionOidcAdapter(OpenIDConnectOAuth2Adapter):
    client_class = InstitutionClient
    # Set by the callback view: what was stashed when the sign-in began.
    state: dict[str, Any] | None = None

    def __init__(self, request: HttpRequest, provider: "InstitutionOidcProvider") -> None:
        super().__init__(request, provider.sub_id)
        self.provider = provider
        self.sign_in = provider.sign_in
        # Called with whoever has come, before they are signed in.
        self.on_login: Callable[[SocialLogin], None] = lambda _login: None

    def get_provider(self) -> "InstitutionOidcProvider":
        return self.provider

    @property
    def discovered(self) -> metadata.Discovery:
        """As the operator's check, or the daily reading, found it."""
        try:
            return metadata.discovery(self.sign_in.metadata, self.sign_in.issuer)
        except metadata.BadMetadata as error:
            raise InstitutionFailed(Problem.MISCONFIGURED, str(error)) from None

    @property
    def basic_auth(self) -> bool:
        return self.discovered.wants_basic

    @property
    def access_token_url(self) -> str:
        return self.discovered.token_url

    @property
    def authorize_url(self) -> str:
        return self.discovered.authorize_url

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """As registered there; one for each institution, so that none can pass on another's code."""
        return self.sign_in.callback_url

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        # The token is not kept, not even on its way (O1).
        return SocialToken(token="")

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Raises `InstitutionFailed` unless the signed id_token says who this is."""
        answer = kwargs["response"]
        claims = self._claims(answer.get("id_token"), (self.state or {}).get("nonce", ""))
        said = self._more(claims, answer.get("access_token"))
        person = read_person(self.sign_in, _as_lists({**said, **claims}))
        login = self.get_provider().sociallogin_from_response(request, person)
        login.person = person
        login.is_fresh = check_fresh(self.state or {}, claims.get("auth_time"))
        self.on_login(login)
        return login

    def _claims(self, id_token: object, nonce: str) -> dict[str, Any]:
        try:
            if not isinstance(id_token, str):
                raise jwt.DecodeError
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(jwt.get_unverified_header(id_token)),
                algorithms=ALGORITHMS,
                audience=self.sign_in.client_id,
                # As the operator gave it, whatever is published since.
                issuer=self.sign_in.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            # The library's messages can quote the token.
            raise InstitutionFailed(Problem.UNTRUSTED, type(error).__name__) from None
        said = claims.get("nonce")
        if not (
            nonce and isinstance(said, str) and hmac.compare_digest(said.encode(), nonce.encode())
        ):
            raise InstitutionFailed(Problem.UNTRUSTED, "nonce")
        if claims.get("azp", self.sign_in.client_id) != self.sign_in.client_id:
            raise InstitutionFailed(Problem.UNTRUSTED, "azp")
        return claims

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        status, body = _call("GET", self.discovered.keys_url)
        if status != httpx.codes.OK:
            raise InstitutionFailed(Problem.UNAVAILABLE, f"keys: status {status}")
        keys = _answer(body).get("keys")
        for key in keys if isinstance(keys, list) else []:
            is_it = isinstance(key, dict) and header.get("kid") in (None, key.get("kid"))
            # A key of ours (`oct`) would let anybody who knows the client secret sign.
            if is_it and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig":
                return _read_key(key, key.get("alg") or header.get("alg"))
        raise InstitutionFailed(Problem.UNTRUSTED, "unknown key")

    def _more(self, claims: dict[str, Any], access_token: object) -> dict[str, Any]:
        """What userinfo adds, where there is such a thing."""
        if not (self.discovered.userinfo_url and isinstance(access_token, str)):
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        status, body = _call("GET", self.discovered.userinfo_url, headers=headers)
        if status != httpx.codes.OK:
            raise InstitutionFailed(Problem.UNAVAILABLE, f"userinfo: status {status}")
        said = _answer(body)
        if said.get("sub") != claims["sub"]:
            raise InstitutionFailed(Problem.UNTRUSTED, "userinfo is about somebody else")
        return said


class InstitutionOidcProvider(InstitutionProviderMixin, OpenIDConnectProvider):
    id = "institution_oidc"
    name = "OpenID Connect"
    oauth2_adapter_class = InstitutionOidcAdapter
    pkce_enabled_default = True

    def get_oauth2_adapter(self, request: HttpRequest) -> InstitutionOidcAdapter:
        return InstitutionOidcAdapter(request, self)

    def get_scope(self) -> list[str]:
        return ["openid", *(word for word in self.sign_in.scopes.split() if word != "openid")]

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        again = {"prompt": "login", "max_age": "0"} if kwargs.get("fresh") else {}
        kwargs |= {"nonce": nonce, "auth_params": {"nonce": nonce, **again}}
        response: HttpResponse = super().redirect(request, process, next_url, data, **kwargs)
        return response


def _read_key(key: dict[str, Any], algorithm: object) -> jwt.PyJWK:
    """Raises `InstitutionFailed` for one that is damaged, or no means to check a signature."""
    if algorithm not in ALGORITHMS:
        raise InstitutionFailed(Problem.UNTRUSTED, "unknown algorithm")
    try:
        return jwt.PyJWK.from_dict(key, algorithm=str(algorithm))
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise InstitutionFailed(Problem.UNTRUSTED, type(error).__name__) from None


def _call(method: str, url: str, **options: Any) -> tuple[int, bytes]:
    try:
        return http.send(method, url, **options)
    except http.NoAnswer as error:
        raise InstitutionFailed(Problem.UNAVAILABLE, str(error)) from None


def _answer(body: bytes) -> dict[str, Any]:
    try:
        return http.json_object(body)
    except http.NoAnswer as error:
        raise InstitutionFailed(Problem.UNAVAILABLE, str(error)) from None


def _as_lists(said: Mapping[str, Any]) -> dict[str, list[str]]:
    """Claims are texts or lists of texts; what is neither is of no use here."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in said.items()}
    return {
        name: [value for value in values if isinstance(value, str)]
        for name, values in lists.items()
        if name not in OF_THE_STATEMENT and any(isinstance(value, str) for value in values)
    }
