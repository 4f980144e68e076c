"""Services on institutional sign-in: set up and checked by the operator; what a sign-in leaves behind."""

import datetime
import logging
from typing import Any

from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.institutional import check, http, metadata
from contacts.institutional.attributes import Person, belongs
from contacts.models import AssertedAffiliation, InstitutionalSignIn, User
from contacts.signals import affiliation_ended
from members.actors import Actor
from members.models import Event, Member

log = logging.getLogger(__name__)

KEY_DAYS = 3653
# Once somebody has come, these say who is who: another provider's “jsmith” is somebody else.
FIXED = ("member_id", "protocol", "slug", "issuer", "identifier_attribute")
CHANGEABLE = frozenset(
    {
        "name", "issuer", "client_id", "client_secret", "scopes", "metadata_url", "metadata",
        "identifier_attribute", "name_attribute", "email_attribute", "affiliation_attribute",
        "affiliation_values", "help_name", "help_email", "help_url",
    }
)  # fmt: skip


@transaction.atomic
def set_up(
    *, member_id: int, protocol: str, slug: str, by: Actor, **values: str
) -> InstitutionalSignIn:
    """A new one, switched off: `values` as in `CHANGEABLE`. Raises `PermissionDenied` for all but
    the operator, `ValidationError`."""
    member = _lock(member_id, by)
    row = InstitutionalSignIn(member=member, protocol=protocol, slug=slug, **_known(values))
    if row.is_saml:
        row.own_key, row.own_certificate = _key_pair(slug)
    _validate(row)
    row.save()
    Event.append(_event(row, by, set_up=protocol))
    return row


@transaction.atomic
def change(*, sign_in_id: int, by: Actor, **values: str) -> InstitutionalSignIn:
    """Change what is named. An empty `client_secret` leaves the one that is there.

    What was checked has to be checked again: a change of more than the help contact or the name
    switches it off. Raises as `set_up`.
    """
    row = _locked(sign_in_id, by)
    if not values.get("client_secret", "-"):
        del values["client_secret"]
    changed = [name for name, value in _known(values).items() if getattr(row, name) != value]
    fixed = [name for name in changed if name in FIXED]
    if fixed and SocialAccount.objects.filter(provider=row.provider_id).exists():
        raise ValidationError(
            {
                fixed[0]: _(
                    "People have signed in by this already, and would be mixed up with others. "
                    "Switch it off and set up a new one."
                )
            }
        )
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    if any(not name.startswith("help_") and name != "name" for name in changed):
        row.is_on, row.findings, row.checked_at = False, [], None
        if {"issuer", "metadata_url"} & set(changed) and "metadata" not in changed:
            row.metadata, row.metadata_read_at = "", None
    _validate(row)
    row.save()
    Event.append(_event(row, by, changed=sorted(changed)))
    return row


def look_at(*, sign_in_id: int, by: Actor) -> InstitutionalSignIn:
    """Read its metadata anew, check all there is, and keep what was found.

    HTTP to the institution: not inside a transaction. Raises `PermissionDenied`.
    """
    _check_may(by)
    row = InstitutionalSignIn.objects.select_related("member").get(pk=sign_in_id)
    problem = _read_metadata(row)
    row.findings = [*problem, *check.findings(row)]
    row.checked_at = timezone.now()
    with transaction.atomic():
        fields = ["metadata", "metadata_read_at", "findings", "checked_at"]
        # What was changed meanwhile was not checked.
        same = InstitutionalSignIn.objects.select_for_update().filter(
            pk=row.pk, issuer=row.issuer, metadata_url=row.metadata_url
        )
        if same.exists():
            row.save(update_fields=fields)
    return row


def _read_metadata(row: InstitutionalSignIn) -> list[dict[str, str]]:
    """Put what is published now into `row`; what is of no use leaves what was there."""
    address = metadata.address_of(row)
    if not address:
        return []
    try:
        text = http.read_text(address)
        if row.is_saml:
            metadata.identity_provider(text, row.issuer)
        else:
            metadata.discovery(text, row.issuer)
    except (http.NoAnswer, metadata.BadMetadata) as problem:
        say = check.warning if row.metadata else check.error
        words = _("%(url)s could not be read: %(why)s")
        return [say(words % {"url": address, "why": problem})]
    row.metadata, row.metadata_read_at = text, timezone.now()
    return []


@transaction.atomic
def switch(*, sign_in_id: int, on: bool, by: Actor) -> InstitutionalSignIn:
    """Offer it to people, or no longer: then nobody signs in by it from the next attempt on.

    Raises `PermissionDenied`, and `ValidationError` where a check has not passed.
    """
    row = _locked(sign_in_id, by)
    if row.is_on == on:
        return row
    if on and (row.checked_at is None or row.has_errors):
        raise ValidationError(_("Check it first, and put right what the check finds."))
    row.is_on = on
    row.save(update_fields=["is_on"])
    Event.append(_event(row, by, is_on=on))
    return row


def refresh_all() -> int:
    """For beat: read the metadata of those in use again, as keys change; how many were read."""
    rows = InstitutionalSignIn.objects.filter(is_on=True).values_list("pk", flat=True)
    for key in list(rows):
        row = look_at(sign_in_id=key, by=Actor.system())
        if row.has_errors:
            log.warning("Institutional sign-in %s: the check finds errors.", row.slug)
    return len(rows)


@transaction.atomic
def note_sign_in(*, sign_in_id: int, user_id: int, person: Person) -> None:
    """Keep the affiliation as the institution has just asserted it (O2).

    What it says nothing about stays. Where it says that the person no longer belongs there, the
    affiliation ends, and whoever holds the person's permissions is told in this transaction.
    """
    now = timezone.now()
    row = InstitutionalSignIn.objects.get(pk=sign_in_id)
    # First of all locks, as everywhere: two tabs take turns, and grants may end.
    Member.objects.lock(row.member_id)
    InstitutionalSignIn.objects.filter(pk=row.pk).update(
        last_attributes=person.said, last_sign_in_at=now
    )
    current = AssertedAffiliation.objects.filter(person_id=user_id, sign_in=row, until=None)
    if person.affiliations is not None and not belongs(row, person.affiliations):
        if current.update(until=now):
            _tell_ended(user_id, row.member_id)
        return
    known = current.first()
    if known is None:
        AssertedAffiliation.objects.create(
            person_id=user_id,
            member_id=row.member_id,
            sign_in=row,
            values=person.affiliations or [],
        )
        return
    if person.affiliations is not None:
        known.values = person.affiliations
    known.last_said_at = now
    known.save(update_fields=["values", "last_said_at"])


def _tell_ended(user_id: int, member_id: int) -> None:
    """Unless another sign-in of the same member still says that the person belongs there."""
    others = AssertedAffiliation.objects.filter(person_id=user_id, member_id=member_id, until=None)
    if not others.exists():
        person = User.objects.get(pk=user_id)
        affiliation_ended.send(sender=User, person=person, member_id=member_id)


def _lock(member_id: int, by: Actor) -> Member:
    _check_may(by)
    return Member.objects.lock(member_id)


def _locked(sign_in_id: int, by: Actor) -> InstitutionalSignIn:
    found = InstitutionalSignIn.objects.values_list("member_id", flat=True).get(pk=sign_in_id)
    _lock(found, by)
    return InstitutionalSignIn.objects.select_related("member").get(pk=sign_in_id)


def _check_may(by: Actor) -> None:
    if by.capacity not in {Event.Capacity.OPERATOR, Event.Capacity.SYSTEM}:
        raise PermissionDenied


def _known(values: dict[str, str]) -> dict[str, str]:
    unknown = set(values) - CHANGEABLE
    if unknown:
        raise TypeError(f"Not to be set: {sorted(unknown)}")
    return values


def _validate(row: InstitutionalSignIn) -> None:
    for name in ("metadata_url",) if row.is_saml else ("issuer", "metadata_url"):
        url = getattr(row, name)
        if url and not http.is_allowed(url):
            raise ValidationError({name: _("This has to be an address with https.")})
    if not (row.help_email or row.help_url):
        raise ValidationError({"help_email": _("Give an e-mail address or a page.")})
    row.full_clean(exclude=["member"])


def _event(row: InstitutionalSignIn, by: Actor, **changes: Any) -> Event:
    """Names of fields alone: no secret stands in the history."""
    return Event(
        member_id=row.member_id,
        kind=Event.Kind.SIGN_IN_CHANGED,
        changes={"sign_in": row.pk, "slug": row.slug, **changes},
        actor=by.user,
        capacity=by.capacity,
    )


def _key_pair(name: str) -> tuple[str, str]:
    """A new key and its certificate, signed by itself: SAML knows it by our metadata alone."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"sign-in {name}"[:64])])
    now = timezone.now().astimezone(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=KEY_DAYS))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), made.public_bytes(pem).decode()
