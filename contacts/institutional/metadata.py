"""What an institution publishes about its sign-in service, read into what a sign-in needs."""

import base64
import binascii
import datetime
import functools
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML as Xml

from contacts.institutional import http
from contacts.models import InstitutionalSignIn

WELL_KNOWN = "/.well-known/openid-configuration"


class BadMetadata(Exception):
    """It cannot be used; the text says why, in words for the operator's log."""


@dataclass(frozen=True)
class Discovery:
    """An OpenID provider, as its discovery document describes it."""

    authorize_url: str
    token_url: str
    keys_url: str
    userinfo_url: str  # may be empty
    all: dict[str, Any] = field(repr=False)

    @property
    def wants_basic(self) -> bool:
        """Whether the secret travels in a header; the standard's default where nothing is said."""
        methods = self.all.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_post" not in methods


@dataclass(frozen=True)
class IdentityProvider:
    """A SAML identity provider, as its metadata describes it."""

    entity_id: str
    sso_url: str  # by redirect; empty when it has none
    certificates: tuple[str, ...]  # those it signs with: base64 of DER
    valid_until: datetime.datetime | None
    has_other_binding: bool


def address_of(sign_in: InstitutionalSignIn) -> str:
    """Where its metadata is read; empty where it was pasted."""
    if sign_in.is_saml or sign_in.metadata_url:
        return sign_in.metadata_url
    return sign_in.issuer.rstrip("/") + WELL_KNOWN


@functools.lru_cache(maxsize=64)
def discovery(text: str, issuer: str) -> Discovery:
    """The provider of that name. Raises `BadMetadata`, also for a document about another one."""
    try:
        found = http.json_object(text)
    except http.NoAnswer:
        raise BadMetadata(_("It is no discovery document.")) from None
    names = ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"]
    missing = [name for name in names if not isinstance(found.get(name), str)]
    if missing:
        raise BadMetadata(_("It lacks %(names)s.") % {"names": ", ".join(missing)})
    userinfo = found.get("userinfo_endpoint")
    named, authorize_url, token_url, keys_url = (found[name] for name in names)
    if named != issuer:
        words = _("The document is about the issuer %(found)s, not %(issuer)s.")
        raise BadMetadata(words % {"found": named, "issuer": issuer})
    return Discovery(
        authorize_url,
        token_url,
        keys_url,
        userinfo_url=userinfo if isinstance(userinfo, str) else "",
        all=found,
    )


@functools.lru_cache(maxsize=64)
def identity_provider(text: str, entity_id: str) -> IdentityProvider:
    """The provider of that name, out of metadata that may hold others. Raises `BadMetadata`."""
    try:
        root = Xml.to_etree(text)
    except Exception:  # noqa: BLE001  # lxml's, and the parser's own for what is forbidden
        raise BadMetadata(_("It is no metadata that can be read.")) from None
    for entity in Xml.query(root, "//md:EntityDescriptor"):
        services = Xml.query(entity, "./md:IDPSSODescriptor")
        if entity.get("entityID") == entity_id and services:
            return _read_entity(root, entity, services[0])
    raise BadMetadata(_("It does not describe an identity provider of that entity ID."))


def _read_entity(root: Any, entity: Any, service: Any) -> IdentityProvider:
    places = Xml.query(service, "./md:SingleSignOnService")
    by_redirect = [
        place.get("Location", "")
        for place in places
        if place.get("Binding") == Names.BINDING_HTTP_REDIRECT
    ]
    keys = Xml.query(
        service,
        "./md:KeyDescriptor[not(@use) or @use='signing']/ds:KeyInfo/ds:X509Data/ds:X509Certificate",
    )
    limits = [parse_datetime(node.get("validUntil", "")) for node in (root, entity, service)]
    return IdentityProvider(
        entity_id=entity.get("entityID"),
        sso_url=by_redirect[0] if by_redirect else "",
        certificates=tuple("".join(Xml.element_text(key).split()) for key in keys),
        valid_until=min((_aware(limit) for limit in limits if limit), default=None),
        has_other_binding=bool(places),
    )


def certificate(encoded: str) -> x509.Certificate:
    """Raises `BadMetadata`."""
    try:
        return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise BadMetadata(_("A certificate cannot be read.")) from None


def _aware(when: datetime.datetime) -> datetime.datetime:
    return when if when.tzinfo else timezone.make_aware(when, datetime.UTC)
