"""SAML statements that nobody should believe: each is refused, and local help is named."""

import datetime

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from contacts.models import InstitutionalSignIn, User
from tests.institutional.idps import Posted, SamlIdp
from tests.institutional.steps import (
    NO_LONGER,
    NOT_CHECKED,
    by_saml,
    post_on,
    refused,
    signed_in,
    start,
)

pytestmark = pytest.mark.django_db
REFUSED = (NOT_CHECKED, True, None)
EXPIRED = (NO_LONGER, True, None)


@pytest.fixture
def posted(saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client) -> Posted:
    """Noor's own, good, and not posted yet."""
    return saml_idp.walk(start(client, college), "noor")


def test_unsigned(saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client) -> None:
    saml_idp.answer(sign_assertion=False)

    assert refused(by_saml(client, saml_idp, college), client) == REFUSED


def test_signed_by_outdated_means(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    saml_idp.answer(sha1=True)

    assert refused(by_saml(client, saml_idp, college), client) == REFUSED


@pytest.mark.parametrize(
    ("said", "altered"),
    [
        ("name-id-noor", "name-id-rector"),
        ("Noor Haddad", "The Rector"),
        ("staff@college", "faculty@college"),
    ],
)
def test_altered(posted: Posted, client: Client, said: str, altered: str) -> None:
    assert said in posted.xml

    answer = post_on(client, posted.changed(posted.xml.replace(said, altered)))

    assert refused(answer, client) == REFUSED


@pytest.mark.parametrize("said", ["name-id-noor", "Noor Haddad"])
def test_a_comment_cuts_nothing_off(posted: Posted, client: Client, said: str) -> None:
    """It does not break the signature; some libraries then read the first half alone."""
    altered = posted.xml.replace(said, f"{said[:6]}<!-- -->{said[6:]}")

    post_on(client, posted.changed(altered))

    assert User.objects.get().name == "Noor Haddad"
    assert SocialAccount.objects.get().uid == "name-id-noor"


def test_signature_cut_out(posted: Posted, client: Client) -> None:
    start_, _tag, rest = posted.xml.partition("<ns2:Signature")
    _signature, tag, end = rest.partition("</ns2:Signature>")
    assert tag

    assert refused(post_on(client, posted.changed(start_ + end)), client) == REFUSED


def test_signed_by_another_key(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    posted = saml_idp.walk(start(client, college), "noor")
    # As if the institution had another key: our own, say.
    own = "".join(college.own_certificate.splitlines()[1:-1])
    before, tag, rest = college.metadata.partition("X509Certificate>")
    college.metadata = before + tag + own + "<" + rest.partition("<")[2]
    college.save()

    assert refused(post_on(client, posted), client) == REFUSED


def test_replayed_in_the_same_browser(posted: Posted, client: Client) -> None:
    post_on(client, posted)
    client.logout()

    assert refused(post_on(client, posted), client) == EXPIRED
    assert User.objects.count() == 1


def test_stolen_and_posted_in_another_browser(posted: Posted) -> None:
    thief = Client()

    assert refused(post_on(thief, posted), thief) == EXPIRED


def test_stolen_and_made_an_answer_to_the_thiefs_own_request(
    saml_idp: SamlIdp, college: InstitutionalSignIn, posted: Posted
) -> None:
    """The response around a signed assertion is not signed: what it answers can be rewritten."""
    thief = Client()
    own = saml_idp.walk(start(thief, college), "noor")
    stolen, mine = (_request_of(found.xml) for found in (posted, own))
    head, _mark, rest = posted.xml.partition(stolen)

    answer = post_on(thief, posted.changed(head + mine + rest))

    assert refused(answer, thief) == REFUSED


def test_a_signed_part_that_names_no_request_is_not_believed(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    """Else a stolen one could be made an answer to anything; the library would take it."""
    saml_idp.answer(names_no_request=True)

    assert refused(by_saml(client, saml_idp, college), client) == REFUSED


def _request_of(xml: str) -> str:
    return xml.partition('InResponseTo="')[2].partition('"')[0]


def test_expired(posted: Posted, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later = OneLogin_Saml2_Utils.now() + datetime.timedelta(hours=1).total_seconds()
    monkeypatch.setattr(OneLogin_Saml2_Utils, "now", lambda: int(later))

    assert refused(post_on(client, posted), client) == REFUSED


def test_meant_for_another_service(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    saml_idp.answer(audience="https://other.example/metadata")

    assert refused(by_saml(client, saml_idp, college), client) == REFUSED


def test_meant_for_nobody_in_particular(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    """Signed as a whole, so that the audience could be left out: the library would take it."""
    saml_idp.answer(no_audience=True)

    assert refused(by_saml(client, saml_idp, college), client) == REFUSED


def test_of_another_institution(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    posted = saml_idp.walk(start(client, college), "noor")
    college.metadata = college.metadata.replace(college.issuer, "https://other.example/idp")
    college.issuer = "https://other.example/idp"
    college.save()

    assert refused(post_on(client, posted), client) == REFUSED


def test_begun_by_the_institution(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    posted = saml_idp.unasked("noor", acs=college.callback_url, portal=college.own_entity_id)

    answer = post_on(client, posted)

    assert refused(answer, client) == ("Please begin your sign-in here", True, None)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"]
)
def test_relay_state_and_next_lead_nowhere_else(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client, elsewhere: str
) -> None:
    posted = saml_idp.walk(start(client, college, next=elsewhere), "noor")

    answer = post_on(client, Posted(posted.url, posted.response, elsewhere))

    assert signed_in(client) is not None
    assert answer.headers["Location"] == "/me/accounts/orcid/first/?next=%2F"


@pytest.mark.parametrize("place", ["beside", "around", "in the signature"])
def test_a_forged_statement_wrapped_around_a_signed_one(
    posted: Posted, client: Client, place: str
) -> None:
    forged = posted.changed(_wrapped(posted.xml, place))

    answer = post_on(client, forged)

    assert refused(answer, client) == REFUSED


def _wrapped(xml: str, place: str) -> str:
    """The signed assertion moved aside, and one of an attacker's where it stood."""
    head, tag, rest = xml.partition("<ns1:Assertion")
    body, end, tail = rest.partition("</ns1:Assertion>")
    signed = tag + body + end
    bare = signed.partition("<ns2:Signature")[0] + signed.partition("</ns2:Signature>")[2]
    evil = bare.replace("name-id-noor", "name-id-rector").replace('ID="id-', 'ID="evil-')
    assert evil != bare != signed
    if place == "beside":
        return head + evil + signed + tail
    if place == "around":
        inner = f"<ns0:Extensions>{signed}</ns0:Extensions>"
        status = head.index("<ns0:Status>")
        return head[:status] + inner + head[status:] + evil + tail
    before, mark, after = signed.partition("</ns2:Signature>")
    holder = f"<ns2:Object>{bare}</ns2:Object>"
    return (
        head + (before + holder + mark + after).replace("name-id-noor", "name-id-rector", 1) + tail
    )


def test_entities_are_not_expanded(posted: Posted, client: Client) -> None:
    lol = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    bomb = lol + posted.xml.replace("Noor Haddad", "&b;")

    assert refused(post_on(client, posted.changed(bomb)), client) == REFUSED


@pytest.mark.parametrize("garbage", ["", "AAAA", "%%%", "PGE+", "PGEvPg==", "x" * 600_000])
def test_garbage(college: InstitutionalSignIn, client: Client, garbage: str) -> None:
    posted = Posted(college.callback_url, garbage, "")

    heading, helps, who = refused(post_on(client, posted), client)

    assert heading in {NOT_CHECKED, "Please begin your sign-in here"}
    assert (helps, who) == (True, None)


def test_a_nameid_that_changes_each_time_makes_no_account(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    saml_idp.answer(name_id_format=transient)

    answer = by_saml(client, saml_idp, college)

    assert refused(answer, client) == ("Your institution did not say who you are", True, None)
    assert User.objects.count() == 0
