"""Two identity providers, and an institution here for each."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from contacts.institutional.saml import own_metadata
from contacts.models import InstitutionalSignIn
from contacts.services import institutional
from members.actors import Actor
from tests.factories import make_consortium, make_member
from tests.institutional.idps import OidcIdp, SamlIdp, running
from tests.sandbox_server import new_browser

SYSTEM = Actor.system()


@pytest.fixture(scope="session")
def oidc_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcIdp]:
    with (
        running("oidc_idp", tmp_path_factory.mktemp("oidc-idp")) as url,
        new_browser(base_url=url) as http,
    ):
        yield OidcIdp(url, http)


@pytest.fixture(scope="session")
def saml_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamlIdp]:
    with (
        running("saml_idp", tmp_path_factory.mktemp("saml-idp")) as url,
        new_browser(base_url=url) as http,
    ):
        yield SamlIdp(url, http)


@pytest.fixture
def oidc_idp(oidc_server: OidcIdp) -> OidcIdp:
    """An OpenID provider that knows Sofia, who is on the staff."""
    cache.clear()
    oidc_server.say_wrong()
    oidc_server.add_person(
        "sofia",
        name="Sofia Garcia",
        email="sofia@uni.example",
        eduperson_scoped_affiliation=["staff@uni.example", "member@uni.example"],
    )
    return oidc_server


@pytest.fixture
def saml_idp(saml_server: SamlIdp) -> SamlIdp:
    """A SAML identity provider that knows Noor, who is on the staff."""
    cache.clear()
    saml_server.answer()
    saml_server.add_person(
        "noor",
        displayName="Noor Haddad",
        mail="noor@college.example",
        eduPersonScopedAffiliation=["staff@college.example"],
    )
    return saml_server


@pytest.fixture
def university(db: None, oidc_idp: OidcIdp) -> InstitutionalSignIn:
    """A member whose people come by OpenID Connect, switched on."""
    row = institutional.set_up(
        member_id=make_member("Uni of the North", make_consortium()).pk,
        protocol="oidc",
        slug="north",
        by=SYSTEM,
        issuer=oidc_idp.base_url,
        client_id="portal",
        client_secret="portal-secret",
        help_name="the North Service Desk",
        help_email="desk@north.example",
    )
    oidc_idp.add_client("portal", "portal-secret", row.callback_url)
    return switched_on(row)


@pytest.fixture
def college(db: None, saml_idp: SamlIdp) -> InstitutionalSignIn:
    """A member whose people come by SAML, switched on."""
    row = institutional.set_up(
        member_id=make_member("College of the South", make_consortium()).pk,
        protocol="saml",
        slug="south",
        by=SYSTEM,
        issuer=saml_idp.entity_id,
        metadata_url=saml_idp.entity_id,
        help_name="the South Library",
        help_url="https://south.example/help",
    )
    saml_idp.know(own_metadata(row))
    return switched_on(row)


def switched_on(row: InstitutionalSignIn) -> InstitutionalSignIn:
    found = institutional.look_at(sign_in_id=row.pk, by=SYSTEM).findings
    assert [finding for finding in found if finding["level"] == "error"] == []
    return institutional.switch(sign_in_id=row.pk, on=True, by=SYSTEM)
