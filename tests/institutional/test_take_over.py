"""Nobody gets at another's account by what an institution says (C4)."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.models import InstitutionalSignIn, User
from contacts.services import institutional
from contacts.services.finding import look_up
from members.actors import Actor
from tests.accounts.steps import proved
from tests.factories import make_user
from tests.institutional.idps import OidcIdp, SamlIdp
from tests.institutional.steps import by_oidc, by_saml, signed_in

pytestmark = pytest.mark.django_db


def test_an_address_that_somebody_has_proved_does_not_lead_to_their_account(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    owner = make_user(name="The Rector")
    EmailAddress.objects.create(user=owner, email="sofia@uni.example", verified=True)

    by_oidc(client, oidc_idp, university)

    assert signed_in(client) != owner
    assert EmailAddress.objects.filter(verified=True).get().user == owner


def test_address_changed_at_the_institution_to_anothers(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    by_oidc(Client(), oidc_idp, university)
    sofia = User.objects.get()
    owner = make_user(email="rector@uni.example")
    EmailAddress.objects.create(user=owner, email="rector@uni.example", verified=True)
    oidc_idp.add_person("sofia", name="The Rector", email="rector@uni.example", email_verified=True)

    by_oidc(client, oidc_idp, university)

    assert signed_in(client) == sofia
    assert not EmailAddress.objects.filter(user=sofia, email="rector@uni.example").exists()


def test_same_address_at_two_institutions_is_two_accounts(
    oidc_idp: OidcIdp,
    saml_idp: SamlIdp,
    university: InstitutionalSignIn,
    college: InstitutionalSignIn,
) -> None:
    saml_idp.add_person("noor", displayName="Sofia Garcia", mail="sofia@uni.example")
    first, second = Client(), Client()

    by_oidc(first, oidc_idp, university)
    by_saml(second, saml_idp, college)

    assert signed_in(first) != signed_in(second)
    assert EmailAddress.objects.filter(verified=True).count() == 0


def test_an_asserted_address_is_never_found_as_somebodys_proved_one(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    """C2 looks for the iD of an address among those that people have proved here."""
    oidc_idp.add_person("sofia", name="S", email="rector@uni.example", email_verified=True)

    by_oidc(client, oidc_idp, university)

    assert not EmailAddress.objects.filter(email="rector@uni.example", verified=True).exists()
    assert callable(look_up)


def test_same_identifier_at_two_institutions_is_two_people(
    oidc_idp: OidcIdp,
    saml_idp: SamlIdp,
    university: InstitutionalSignIn,
    college: InstitutionalSignIn,
) -> None:
    saml_idp.add_person("noor", name_id="sub-sofia", displayName="Not Sofia")
    first, second = Client(), Client()

    by_oidc(first, oidc_idp, university)
    by_saml(second, saml_idp, college)

    assert SocialAccount.objects.filter(uid="sub-sofia").count() == 2
    assert signed_in(first) != signed_in(second)


def test_identity_of_another_account_is_not_connected(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    by_oidc(Client(), oidc_idp, university)
    sofia = User.objects.get()
    other = make_user()
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    asked = client.post(f"/accounts/institutions/{university.slug}/login/", {"process": "connect"})

    answer = by_oidc(proved(client), oidc_idp, university, process="connect")

    assert asked.headers["Location"].startswith("/me/accounts/confirm/?next=")
    assert answer.status_code == 302
    assert SocialAccount.objects.get().user == sofia
    assert signed_in(client) == other


def test_closed_account_stays_closed(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    by_oidc(Client(), oidc_idp, university)
    User.objects.update(is_active=False)

    answer = by_oidc(client, oidc_idp, university)

    assert answer.headers["Location"] == "/accounts/inactive/"
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "change",
    [{"issuer": "https://new.example"}, {"identifier_attribute": "preferred_username"}],
    ids=str,
)
def test_who_is_who_cannot_change_once_people_have_come(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client, change: dict[str, str]
) -> None:
    by_oidc(client, oidc_idp, university)

    with pytest.raises(ValidationError, match="mixed up with others"):
        institutional.change(sign_in_id=university.pk, by=Actor.system(), **change)


def test_one_that_is_switched_off_is_no_way_in(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    way_back = "/accounts/institutions/north/callback/"
    institutional.switch(sign_in_id=university.pk, on=False, by=Actor.system())

    pages = [client.post("/accounts/institutions/north/login/"), client.get(way_back)]

    assert [page.status_code for page in pages] == [404, 404]


def test_one_of_a_former_member_is_no_way_in(
    university: InstitutionalSignIn, client: Client
) -> None:
    university.member.memberships.update(end="2020-01-01")

    assert client.post("/accounts/institutions/north/login/").status_code == 404
    assert "Uni of the North" not in client.get("/accounts/institutions/").content.decode()
