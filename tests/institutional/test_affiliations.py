"""What an institution says of somebody's belonging is kept, and its end ends permissions (O2)."""

import pytest
from django.test import Client

from contacts.models import AssertedAffiliation, InstitutionalSignIn, User
from integrations.works.models import Grant
from tests.factories import make_member
from tests.institutional.idps import OidcIdp
from tests.institutional.steps import by_oidc

pytestmark = pytest.mark.django_db


def say(idp: OidcIdp, *values: str) -> None:
    claims = {"eduperson_scoped_affiliation": list(values)} if values else {}
    idp.add_person("sofia", name="Sofia", email="sofia@uni.example", **claims)


def test_it_follows_what_is_said_now(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    by_oidc(client, oidc_idp, university)
    say(oidc_idp, "student@uni.example")

    by_oidc(client, oidc_idp, university)

    kept = AssertedAffiliation.objects.get()
    assert (kept.values, kept.until) == (["student@uni.example"], None)
    assert kept.last_said_at > kept.since


def test_o2_its_end_ends_the_grants_to_that_member_alone(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    by_oidc(client, oidc_idp, university)
    person = User.objects.get()
    for member in (university.member, make_member()):
        Grant.objects.create(person=person, member=member, purpose="push")
    say(oidc_idp, "alum@uni.example")

    by_oidc(client, oidc_idp, university)

    assert AssertedAffiliation.objects.get().until is not None
    ended, other = Grant.objects.order_by("pk")
    assert (bool(ended.ended_at), ended.ended_by) == (True, "sign_in")
    assert other.ended_at is None


def test_silence_is_not_an_end(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    by_oidc(client, oidc_idp, university)
    say(oidc_idp)

    by_oidc(client, oidc_idp, university)

    assert AssertedAffiliation.objects.get().until is None


def test_who_never_belonged_has_an_account_and_no_affiliation(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    say(oidc_idp, "library-walk-in@uni.example")

    by_oidc(client, oidc_idp, university)

    assert (User.objects.count(), AssertedAffiliation.objects.count()) == (1, 0)


def test_coming_back_begins_anew(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    for value in ("staff", "alum", "staff"):
        say(oidc_idp, value)
        by_oidc(client, oidc_idp, university)

    ended = AssertedAffiliation.objects.order_by("pk").values_list("until", flat=True)
    assert [until is not None for until in ended] == [True, False]
