"""Signing in through an institution, by either protocol, as it should go."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client

from contacts.models import AssertedAffiliation, InstitutionalSignIn, Mail, User
from tests.accounts.steps import proved
from tests.institutional.idps import OidcIdp, SamlIdp
from tests.institutional.steps import by_oidc, by_saml, signed_in, start

pytestmark = pytest.mark.django_db
STEP = "/me/accounts/orcid/first/?next=%2F"


def test_first_sign_in_by_oidc_makes_an_account_with_name_address_and_affiliation(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    answer = by_oidc(client, oidc_idp, university)

    user = User.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, STEP)
    assert (user.name, user.orcid, user.has_usable_password()) == ("Sofia Garcia", None, False)
    assert signed_in(client) == user
    kept = AssertedAffiliation.objects.get()
    assert (kept.person, kept.member, kept.until) == (user, university.member, None)
    assert kept.values == ["staff@uni.example", "member@uni.example"]


def test_first_sign_in_by_saml_makes_an_account_with_name_address_and_affiliation(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    answer = by_saml(client, saml_idp, college)

    user = User.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, STEP)
    assert (user.name, user.orcid) == ("Noor Haddad", None)
    assert signed_in(client) == user
    assert AssertedAffiliation.objects.get().values == ["staff@college.example"]


def test_second_sign_in_makes_none(
    oidc_idp: OidcIdp,
    saml_idp: SamlIdp,
    university: InstitutionalSignIn,
    college: InstitutionalSignIn,
) -> None:
    for _time in range(2):
        by_oidc(Client(), oidc_idp, university)
        by_saml(Client(), saml_idp, college)
    again = Client()

    answer = by_oidc(again, oidc_idp, university, next="/me/")

    assert answer.headers["Location"] == "/me/"
    assert sorted(User.objects.values_list("name", flat=True)) == ["Noor Haddad", "Sofia Garcia"]
    assert SocialAccount.objects.count() == AssertedAffiliation.objects.count() == 2


def test_address_is_kept_unproved_and_proved_by_its_mail_alone(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    oidc_idp.add_person("sofia", name="S", email="sofia@uni.example", email_verified=True)

    by_oidc(client, oidc_idp, university)

    kept = EmailAddress.objects.get()
    assert (kept.email, kept.verified) == ("sofia@uni.example", False)
    assert Mail.objects.get().to == "sofia@uni.example"
    assert User.objects.get().email == ""


def test_nothing_else_is_kept_and_no_secret_is_a_row(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    oidc_idp.add_person(
        "sofia", name="S", email="s@uni.example", gender="f", birthdate="1990-01-01"
    )

    by_oidc(client, oidc_idp, university)

    account = SocialAccount.objects.get()
    assert (account.provider, account.uid) == ("institution-north", "sub-sofia")
    assert account.extra_data == {"name": "S", "email": "s@uni.example"}
    assert (SocialToken.objects.count(), SocialApp.objects.count()) == (0, 0)
    assert "token" not in str(dict(client.session)).lower()


def test_next_page_is_kept_through_the_step(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    first = by_saml(client, saml_idp, college, next="/tools/?page=2")
    again = by_saml(client, saml_idp, college, next="/tools/?page=2")

    assert first.headers["Location"] == "/me/accounts/orcid/first/?next=%2Ftools%2F%3Fpage%3D2"
    assert 'href="/tools/?page=2"' in client.get(first.headers["Location"]).content.decode()
    assert again.headers["Location"] == "/tools/?page=2"


@pytest.mark.parametrize("mode", [{"sign_response": True}, {"encrypt": True}], ids=str)
def test_institutions_that_sign_all_or_encrypt(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client, mode: dict[str, bool]
) -> None:
    saml_idp.answer(**mode)

    by_saml(client, saml_idp, college)

    assert User.objects.get().name == "Noor Haddad"


def test_attributes_are_called_as_the_institution_calls_them(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    saml_idp.add_person(
        "noor", givenName="Noor", sn="H.", eduPersonPrincipalName="noor@c.example", cn="no"
    )
    college.name_attribute, college.identifier_attribute = "givenName sn", "eduPersonPrincipalName"
    college.save()

    by_saml(client, saml_idp, college)

    assert User.objects.get().name == "Noor H."
    assert SocialAccount.objects.get().uid == "noor@c.example"


def test_sign_in_begins_a_new_session(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    start(client, college)
    before = client.session.session_key

    by_saml(client, saml_idp, college)

    assert client.session.session_key != before
    assert not Client(cookies={"sessionid": before}).get("/me/").wsgi_request.user.is_authenticated


def test_one_account_can_have_a_sign_in_at_two_institutions(
    oidc_idp: OidcIdp,
    saml_idp: SamlIdp,
    university: InstitutionalSignIn,
    college: InstitutionalSignIn,
    client: Client,
) -> None:
    by_oidc(client, oidc_idp, university)

    by_saml(proved(client), saml_idp, college, process="connect", next="/me/accounts/")

    accounts = SocialAccount.objects.order_by("provider")
    assert [account.provider for account in accounts] == ["institution-north", "institution-south"]
    assert User.objects.count() == 1
    assert AssertedAffiliation.objects.count() == 2
