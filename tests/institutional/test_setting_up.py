"""The operator sets an institution up in the admin; the check says in words what is wrong."""

import base64
import datetime
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from contacts.models import InstitutionalSignIn
from contacts.services import institutional
from members.actors import Actor
from members.models import Event
from tests.admin.operator import change_address, do, last_event, objections, operator_client
from tests.factories import make_consortium, make_member, make_user
from tests.institutional.idps import OidcIdp, SamlIdp
from tests.institutional.steps import by_oidc

pytestmark = pytest.mark.django_db
ADD = "/admin/contacts/institutionalsignin/add/"


def errors(row: InstitutionalSignIn) -> list[str]:
    found = institutional.look_at(sign_in_id=row.pk, by=Actor.system()).findings
    return [finding["text"] for finding in found if finding["level"] == "error"]


def warnings(row: InstitutionalSignIn) -> str:
    found = institutional.look_at(sign_in_id=row.pk, by=Actor.system()).findings
    return "\n".join(finding["text"] for finding in found if finding["level"] == "warning")


def filled_in(idp: OidcIdp, **more: object) -> dict[str, object]:
    return {
        "member": make_member("Uni of the North", make_consortium()).pk,
        "protocol": "oidc",
        "slug": "north",
        "issuer": idp.base_url,
        "client_id": "portal",
        "client_secret": "THE-SECRET",
        "scopes": "openid profile email",
        "affiliation_values": "staff",
        "help_name": "the Service Desk",
        "help_email": "desk@north.example",
        **more,
    }


def test_set_up_checked_and_switched_on(oidc_idp: OidcIdp) -> None:
    client = operator_client()

    client.post(ADD, filled_in(oidc_idp))
    row = InstitutionalSignIn.objects.get()
    assert row.is_on is False
    do(client, row, "check")
    do(client, row, "on")

    row.refresh_from_db()
    assert (row.is_on, last_event()[:2]) == (True, ("sign_in_changed", "operator"))
    page = client.get(change_address(row)).content.decode()
    assert "http://testserver/accounts/institutions/north/callback/" in page
    assert "Good: Discovery and keys can be read." in page


def test_after_setting_up_comes_the_page_with_its_addresses_and_the_check(
    oidc_idp: OidcIdp,
) -> None:
    answer = operator_client().post(ADD, filled_in(oidc_idp), follow=True)

    [(address, _status)] = answer.redirect_chain
    page = answer.content.decode()
    assert address == change_address(InstitutionalSignIn.objects.get())
    assert "Give its addresses to the institution, then check it." in page
    assert "http://testserver/accounts/institutions/north/callback/" in page
    assert "Check it" in page


def test_openid_provider_that_does_not_answer_is_not_asked_for_pasted_metadata(
    university: InstitutionalSignIn,
) -> None:
    InstitutionalSignIn.objects.update(
        is_on=False, issuer=f"{university.issuer}/nowhere", metadata=""
    )

    unread, unknown = errors(university)

    assert "/nowhere/.well-known/openid-configuration could not be read: status 404" in unread
    assert unknown == "Its addresses and keys are not known yet: is the issuer right?"


def test_o1_secrets_are_encrypted_and_never_shown(
    oidc_idp: OidcIdp, college: InstitutionalSignIn
) -> None:
    client = operator_client()
    client.post(ADD, filled_in(oidc_idp))
    row = InstitutionalSignIn.objects.get(slug="north")
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret, own_key FROM contacts_institutionalsignin")
        stored = str(cursor.fetchall())

    pages = [
        client.get(address).content.decode()
        for shown in (row, college)
        for address in (change_address(shown), f"{change_address(shown)[:-7]}do/change/")
    ]

    assert row.client_secret == "THE-SECRET"
    for text in [stored, *pages, str(list(Event.objects.values_list("changes", flat=True)))]:
        assert "THE-SECRET" not in text
        assert "PRIVATE KEY" not in text


def test_it_is_not_switched_on_unchecked(oidc_idp: OidcIdp) -> None:
    client = operator_client()
    client.post(ADD, filled_in(oidc_idp))
    row = InstitutionalSignIn.objects.get()

    with pytest.raises(ValidationError, match="Check it first"):
        institutional.switch(sign_in_id=row.pk, on=True, by=Actor.system())


def test_a_change_has_to_be_checked_again(
    oidc_idp: OidcIdp, university: InstitutionalSignIn
) -> None:
    university = institutional.change(
        sign_in_id=university.pk, by=Actor.system(), scopes="openid email"
    )

    assert (university.is_on, university.findings) == (False, [])


def test_name_and_help_change_without_a_break(university: InstitutionalSignIn) -> None:
    university = institutional.change(
        sign_in_id=university.pk, by=Actor.system(), name="North", help_name="the Library"
    )

    assert (university.is_on, university.shown_name) == (True, "North")


def test_empty_secret_leaves_the_one_that_is_there(university: InstitutionalSignIn) -> None:
    university = institutional.change(
        sign_in_id=university.pk, by=Actor.system(), client_secret="", name="North"
    )

    assert university.client_secret == "portal-secret"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"issuer": "not an address"}, "This has to be an address with https."),
        ({"help_email": ""}, "Give an e-mail address or a page."),
        ({"slug": "not a slug"}, "Enter a valid “slug”"),
    ],
)
def test_what_cannot_be_right_is_not_taken(
    oidc_idp: OidcIdp, wrong: dict[str, str], says: str
) -> None:
    answer = operator_client().post(ADD, filled_in(oidc_idp, **wrong))

    assert says in " ".join(objections(answer))
    assert InstitutionalSignIn.objects.count() == 0


def test_nobody_but_the_operator_sets_up(oidc_idp: OidcIdp) -> None:
    member = make_member()

    with pytest.raises(PermissionDenied):
        institutional.set_up(
            member_id=member.pk, protocol="oidc", slug="x", by=Actor.contact(make_user())
        )


def test_check_of_an_address_where_nothing_is(university: InstitutionalSignIn) -> None:
    InstitutionalSignIn.objects.update(issuer="http://127.0.0.1:9", metadata="", is_on=False)

    assert re.search(r"could not be read: ConnectError", errors(university)[0])


def test_check_of_another_issuers_document(university: InstitutionalSignIn) -> None:
    base = university.issuer
    InstitutionalSignIn.objects.update(
        issuer=f"{base}/other", metadata_url=f"{base}/.well-known/openid-configuration"
    )

    assert errors(university) == [
        f"The metadata cannot be used. The document is about the issuer {base}, not {base}/other."
    ]


def test_a_document_about_another_issuer_replaces_none(university: InstitutionalSignIn) -> None:
    """People go on signing in by what was read before, and the operator reads why."""
    before = university.metadata
    InstitutionalSignIn.objects.update(
        metadata=before.replace("code", "code "),
        metadata_url=f"{university.issuer}/.well-known/openid-configuration",
        issuer=f"{university.issuer}/other",
    )

    said = warnings(university)

    assert f"The document is about the issuer {university.issuer}, not" in said
    assert InstitutionalSignIn.objects.get().metadata == before.replace("code", "code ")


def test_check_without_client(university: InstitutionalSignIn) -> None:
    InstitutionalSignIn.objects.update(client_secret="")

    assert errors(university) == [
        "Client ID and client secret are needed: the institution gives them."
    ]


def test_an_outage_keeps_what_was_read_before(university: InstitutionalSignIn) -> None:
    InstitutionalSignIn.objects.update(metadata_url="http://127.0.0.1:9/")
    before = university.metadata

    assert errors(university) == []
    assert "could not be read: ConnectError" in warnings(university)
    assert InstitutionalSignIn.objects.get().metadata == before


def test_check_of_metadata_about_somebody_else(
    saml_idp: SamlIdp, college: InstitutionalSignIn
) -> None:
    InstitutionalSignIn.objects.update(issuer="https://other.example/idp", metadata_url="")

    assert errors(college) == [
        "The metadata cannot be used. It does not describe an identity provider of that entity ID."
    ]


@pytest.mark.parametrize("text", ["<html>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "{}"])
def test_check_of_what_is_no_metadata(college: InstitutionalSignIn, text: str) -> None:
    InstitutionalSignIn.objects.update(metadata=text, metadata_url="")

    assert errors(college)[0].startswith("The metadata cannot be used.")


def test_check_of_metadata_that_has_expired(college: InstitutionalSignIn) -> None:
    dated = college.metadata.replace("entityID=", 'validUntil="2020-01-01T00:00:00Z" entityID=', 1)
    InstitutionalSignIn.objects.update(metadata=dated, metadata_url="")

    assert errors(college) == ["The metadata has expired, on 1 January 2020."]


def test_check_of_one_that_wants_posts_alone(college: InstitutionalSignIn) -> None:
    other = college.metadata.replace("bindings:HTTP-Redirect", "bindings:HTTP-POST")
    InstitutionalSignIn.objects.update(metadata=other, metadata_url="")

    assert errors(college) == [
        "It takes sign-ins by POST alone; this portal sends people by redirect."
    ]


@pytest.mark.parametrize(
    ("days", "bits", "level", "says"),
    [
        (-1, 2048, "error", "Its certificate ended on"),
        (10, 2048, "warning", "Its certificate ends on"),
        (400, 1024, "error", "Its key is too short: 1024 bits."),
    ],
)
def test_check_of_certificates(
    college: InstitutionalSignIn, days: int, bits: int, level: str, says: str
) -> None:
    metadata = re.sub(
        r"(X509Certificate>)[^<]*",
        lambda found: found[1] + made(days, bits),
        college.metadata,
        count=1,
    )
    InstitutionalSignIn.objects.update(metadata=metadata, metadata_url="")

    found = institutional.look_at(sign_in_id=college.pk, by=Actor.system()).findings

    assert any(f["level"] == level and f["text"].startswith(says) for f in found), found


def made(days: int, bits: int) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")])
    now = timezone.now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=900))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(built.public_bytes(serialization.Encoding.DER)).decode()


def test_check_names_the_attributes_that_did_not_come(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    oidc_idp.add_person("sofia", nickname="Sofi", email="sofia@uni.example")
    by_oidc(client, oidc_idp, university)

    said = warnings(university)

    assert "nothing was said that counts as name (name or given_name family_name)" in said
    assert "Said: email, nickname, sub." in said
    assert "counts as e-mail" not in said


def test_keys_that_change_are_followed_each_day(
    saml_idp: SamlIdp, college: InstitutionalSignIn
) -> None:
    InstitutionalSignIn.objects.update(
        metadata=college.metadata.replace("MII", "MIIB"), metadata_read_at=None
    )

    institutional.refresh_all()

    row = InstitutionalSignIn.objects.get()
    assert row.metadata == college.metadata
    assert row.metadata_read_at is not None


def test_our_metadata_says_where_and_how_to_encrypt(
    college: InstitutionalSignIn, client: Client
) -> None:
    answer = client.get("/accounts/institutions/south/metadata/")

    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "application/samlmetadata+xml"
    assert 'entityID="http://testserver/accounts/institutions/south/metadata/"' in text
    assert 'Location="http://testserver/accounts/institutions/south/acs/"' in text
    assert re.findall(r'KeyDescriptor use="(\w+)"', text) == ["signing", "encryption"]
    assert "PRIVATE" not in text
