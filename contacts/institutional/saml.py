"""SAML 2.0 at an institution: allauth's provider, with python3-saml behind it.

Only what answers a request of this very browser is believed: the signed part of a response has to
name that request, this portal as audience, and our own address as recipient.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from cryptography import x509
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from contacts.institutional import metadata
from contacts.institutional._shared import InstitutionProviderMixin, check_fresh
from contacts.institutional.attributes import Subject, read_person
from contacts.institutional.problems import InstitutionFailed, Problem
from contacts.models import InstitutionalSignIn

log = logging.getLogger(__name__)

MOST_CHARACTERS = 512 * 1024
# What an institution says when the person turned back, or may not use this portal.
NO = {
    "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
    "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
    "urn:oasis:names:tc:SAML:2.0:status:NoPassive",
}


class BoundResponse(OneLogin_Saml2_Response):
    """A response whose signed part says what it answers, and to whom."""

    def confirmations(self) -> list[tuple[str, str]]:
        """Request and recipient of each bearer confirmation, out of the signed assertion."""
        path = f"/saml:Subject/saml:SubjectConfirmation[@Method='{Names.CM_BEARER}']"
        nodes = self._query_assertion(f"{path}/saml:SubjectConfirmationData")
        return [(node.get("InResponseTo", ""), node.get("Recipient", "")) for node in nodes]

    def signed_in_at(self) -> float | None:
        """When the person signed in there, as the signed assertion says: the longest ago, if several."""
        said = [
            node.get("AuthnInstant", "") for node in self._query_assertion("/saml:AuthnStatement")
        ]
        times = [OneLogin_Saml2_Utils.parse_SAML_to_time(text) for text in said if text]
        return min(times, default=None)

    @property
    def is_no(self) -> bool:
        """Whether it says that nobody has signed in: then nothing has to be signed, either."""
        codes = self._query("/samlp:Response/samlp:Status//samlp:StatusCode")
        return any(code.get("Value") in NO for code in codes)


class InstitutionSamlProvider(InstitutionProviderMixin, SAMLProvider):
    id = "institution_saml"
    name = "SAML"

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        auth = OneLogin_Saml2_Auth(_request_data(self.sign_in), _config(self.sign_in))
        url = auth.login(return_to="", force_authn=bool(kwargs.get("fresh")))
        self.stash_redirect_state(
            request, process, next_url, data, state_id=auth.get_last_request_id(), **kwargs
        )
        return HttpResponseRedirect(url)

    def login_from(self, request: HttpRequest, encoded: str) -> SocialLogin:
        """Who has come, from what the institution had the browser post.

        Raises `InstitutionFailed`.
        """
        response = self._read(encoded)
        request_id = response.get_in_response_to() or ""
        if not request_id:
            raise InstitutionFailed(Problem.UNASKED)
        # From here on this request is spent, whatever comes of it.
        state = self._unstash(request, request_id)
        self._check(response, request_id)
        person = read_person(
            self.sign_in,
            response.get_attributes(),
            Subject(response.get_nameid() or "", response.get_nameid_format() or ""),
        )
        login = self.sociallogin_from_response(request, person)
        login.person, login.state = person, state
        login.is_fresh = check_fresh(state, response.signed_in_at())
        return login

    def _read(self, encoded: str) -> BoundResponse:
        config = OneLogin_Saml2_Settings(_config(self.sign_in))
        try:
            return BoundResponse(config, encoded)
        except Exception as error:  # noqa: BLE001  # of lxml, xmlsec, base64: whatever garbage causes
            raise InstitutionFailed(Problem.UNTRUSTED, type(error).__name__) from None

    def _unstash(self, request: HttpRequest, request_id: str) -> dict[str, Any]:
        from allauth.socialaccount.internal import statekit  # noqa: PLC0415  # needs the apps

        state: dict[str, Any] | None = statekit.unstash_state(
            request, provider_id=self.sub_id, state_id=request_id
        )
        if state is None:
            raise InstitutionFailed(Problem.EXPIRED)
        return state

    def _check(self, response: BoundResponse, request_id: str) -> None:
        try:
            is_valid = response.is_valid(_request_data(self.sign_in), request_id)
            reason = response.get_error() or ""
            is_ours = is_valid and self._is_for_us(response, request_id)
        except Exception as error:  # noqa: BLE001  # as above
            raise InstitutionFailed(Problem.UNTRUSTED, type(error).__name__) from None
        if is_ours:
            return
        if not is_valid and response.is_no:
            raise InstitutionFailed(Problem.CANCELLED)
        log.warning("Institutional sign-in: %s.", "not for us" if is_valid else reason[:200])
        raise InstitutionFailed(Problem.UNTRUSTED)

    def _is_for_us(self, response: BoundResponse, request_id: str) -> bool:
        """What the library checks only where it is there."""
        bound = (request_id, self.sign_in.callback_url)
        return bound in response.confirmations() and (
            self.sign_in.own_entity_id in response.get_audiences()
        )


def own_metadata(sign_in: InstitutionalSignIn) -> str:
    """What the institution needs to know of this portal."""
    config = _config(sign_in, with_institution=False)
    own = x509.load_pem_x509_certificate(sign_in.own_certificate.encode())
    config["security"] |= {
        # Names the key to encrypt with; what comes unencrypted is taken, too.
        "wantAssertionsEncrypted": True,
        # Institutions keep copies: the library's own two days would soon lock everybody out.
        "metadataValidUntil": own.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    text = OneLogin_Saml2_Settings(config, sp_validation_only=True).get_sp_metadata()
    return text.decode() if isinstance(text, bytes) else str(text)


def _request_data(sign_in: InstitutionalSignIn) -> dict[str, Any]:
    """Our address as the library wants it: from the settings, never from the request's headers."""
    parts = urlsplit(sign_in.callback_url)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": "",
        "path_info": parts.path,
        "get_data": {},
        "post_data": {},
    }


def _config(sign_in: InstitutionalSignIn, *, with_institution: bool = True) -> dict[str, Any]:
    config: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": sign_in.own_entity_id,
            "assertionConsumerService": {
                "url": sign_in.callback_url,
                "binding": Names.BINDING_HTTP_POST,
            },
            "x509cert": sign_in.own_certificate,
            "privateKey": sign_in.own_key,
        },
        "security": {
            "authnRequestsSigned": True,
            "signatureAlgorithm": Names.RSA_SHA256,
            "digestAlgorithm": Names.SHA256,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            # Either the response or the assertion has to be signed: institutions do one or both.
            "wantAssertionsSigned": False,
            "wantNameId": False,
            "wantAttributeStatement": False,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
        },
        "organization": {
            "en": {
                "name": settings.PORTAL_NAME,
                "displayname": settings.PORTAL_NAME,
                "url": settings.SITE_URL,
            }
        },
    }
    if with_institution:
        config["idp"] = _institution(sign_in)
    return config


def _institution(sign_in: InstitutionalSignIn) -> dict[str, Any]:
    try:
        found = metadata.identity_provider(sign_in.metadata, sign_in.issuer)
    except metadata.BadMetadata as error:
        raise InstitutionFailed(Problem.MISCONFIGURED, str(error)) from None
    return {
        "entityId": found.entity_id,
        "singleSignOnService": {"url": found.sso_url, "binding": Names.BINDING_HTTP_REDIRECT},
        # The library writes into this list.
        "x509certMulti": {"signing": list(found.certificates)},
    }
