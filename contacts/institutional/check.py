"""Is an institutional sign-in set up right? Says in words what is wrong, for the operator.

Each finding is an error (nobody could sign in), a warning (soon nobody could, or something is
missing) or good.
"""

import datetime
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from contacts.institutional import http, metadata
from contacts.institutional.attributes import FORMAL, NAME_ID, wanted
from contacts.models import InstitutionalSignIn

SOON = datetime.timedelta(days=30)
SHORTEST_KEY = 2048
# What people know these attributes by.
WHAT = ("identifier", "name", "email", "affiliation")


def error(text: str) -> dict[str, str]:
    return {"level": "error", "text": text}


def warning(text: str) -> dict[str, str]:
    return {"level": "warning", "text": text}


def good(text: str) -> dict[str, str]:
    return {"level": "good", "text": text}


def findings(sign_in: InstitutionalSignIn) -> list[dict[str, str]]:
    """What there is to say, of the metadata as it is stored. Asks an OpenID provider for its keys;
    so not inside a transaction."""
    if not sign_in.metadata and not sign_in.is_saml:
        return [error(_("Its addresses and keys are not known yet: is the issuer right?"))]
    if not sign_in.metadata:
        return [error(_("There is no metadata yet: give its address, or paste it."))]
    try:
        found = list(_of_saml(sign_in) if sign_in.is_saml else _of_oidc(sign_in))
    except metadata.BadMetadata as problem:
        found = [error(_("The metadata cannot be used. %(why)s") % {"why": problem})]
    return [*found, *_of_attributes(sign_in)]


def _of_oidc(sign_in: InstitutionalSignIn) -> Iterator[dict[str, str]]:
    found = metadata.discovery(sign_in.metadata, sign_in.issuer)
    for url in (found.authorize_url, found.token_url, found.keys_url, found.userinfo_url):
        if url and not http.is_allowed(url):
            yield error(_("%(url)s is not an address with https.") % {"url": url})
    if not (sign_in.client_id and sign_in.client_secret):
        yield error(_("Client ID and client secret are needed: the institution gives them."))
    if "code" not in found.all.get("response_types_supported", ["code"]):
        yield error(_("It does not offer the authorisation code flow (“code”)."))
    lacking = set(sign_in.scopes.split()) - set(found.all.get("scopes_supported", ()))
    if lacking and "scopes_supported" in found.all:
        yield warning(
            _("It does not list these scopes: %(scopes)s.") % {"scopes": " ".join(sorted(lacking))}
        )
    yield from _of_keys(found)


def _of_keys(found: metadata.Discovery) -> Iterator[dict[str, str]]:
    try:
        keys = http.json_object(http.read_text(found.keys_url)).get("keys")
    except http.NoAnswer as problem:
        yield error(_("Its keys cannot be read: %(why)s.") % {"why": problem})
        return
    kinds = {"RSA", "EC", "OKP"}
    if any(isinstance(key, dict) and key.get("kty") in kinds for key in keys or []):
        yield good(_("Discovery and keys can be read."))
    else:
        yield error(_("It publishes no key that its statements can be checked with."))


def _of_saml(sign_in: InstitutionalSignIn) -> Iterator[dict[str, str]]:
    found = metadata.identity_provider(sign_in.metadata, sign_in.issuer)
    now = timezone.now()
    if found.valid_until and found.valid_until <= now:
        day = date_format(found.valid_until)
        yield error(_("The metadata has expired, on %(day)s.") % {"day": day})
    elif not sign_in.metadata_url:
        yield warning(_("Pasted metadata does not follow when the institution changes its key."))
    if not found.sso_url and found.has_other_binding:
        yield error(_("It takes sign-ins by POST alone; this portal sends people by redirect."))
    elif not http.is_allowed(found.sso_url):
        yield error(_("It names no place with https where people sign in."))
    yield from _of_certificates(found, now)
    own = x509.load_pem_x509_certificate(sign_in.own_certificate.encode())
    if own.not_valid_after_utc <= now + SOON:
        day = date_format(own.not_valid_after_utc)
        yield warning(_("This portal’s own certificate ends on %(day)s.") % {"day": day})


def _of_certificates(
    found: metadata.IdentityProvider, now: datetime.datetime
) -> Iterator[dict[str, str]]:
    if not found.certificates:
        yield error(_("It has no certificate that its statements can be checked with."))
        return
    certificates = [metadata.certificate(encoded) for encoded in found.certificates]
    for one in certificates:
        key = one.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_KEY:
            yield error(_("Its key is too short: %(bits)s bits.") % {"bits": key.key_size})
    ends = max(one.not_valid_after_utc for one in certificates)
    if ends <= now:
        yield error(_("Its certificate ended on %(day)s.") % {"day": date_format(ends)})
    elif ends <= now + SOON:
        yield warning(_("Its certificate ends on %(day)s.") % {"day": date_format(ends)})
    else:
        yield good(
            _("Metadata and certificate can be read; the certificate ends on %(day)s.")
            % {"day": date_format(ends)}
        )


def _of_attributes(sign_in: InstitutionalSignIn) -> Iterator[dict[str, str]]:
    """Against what the institution said at the last sign-in, once there was one."""
    if not sign_in.affiliation_values.split():
        yield warning(_("No value means that somebody belongs there: affiliations end at once."))
    if sign_in.last_sign_in_at is None:
        yield warning(_("Nobody has signed in yet, so the names of attributes are not tried out."))
        return
    labels = {
        "identifier": _("identifier"),
        "name": _("name"),
        "email": _("e-mail address"),
        "affiliation": _("affiliation"),
    }
    said = set(sign_in.last_attributes)
    for what in WHAT:
        names = wanted(sign_in, what)
        is_subject = what == "identifier" and (
            names == [NAME_ID] or not sign_in.identifier_attribute
        )
        if is_subject or any(_is_said(name, said) for name in names):
            continue
        yield warning(
            _(
                "At the last sign-in nothing was said that counts as %(what)s (%(names)s). Said: %(said)s."
            )
            % {
                "what": labels[what],
                "names": get_text_list(names, _("or")),
                "said": ", ".join(sorted(said)) or _("nothing"),
            }
        )


def _is_said(name: str, said: set[str]) -> bool:
    return all(word in said or FORMAL.get(word) in said for word in name.split())
