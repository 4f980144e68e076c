"""A6: contacts, history and what is internal appear on no public page and in no public JSON."""

import pytest
from django.core.cache import cache
from django.test import Client

from contacts.models import AgreementRecord, Invitation, Role
from members.actors import Actor
from members.models import Member
from members.services.information import edit_information
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/",
    "/directory/",
    "/directory/?search=alpha",
    "/directory/alpha/",
    "/privacy/uk/",
    "/api/v1/directory/",
    "/api/v1/directory/alpha/",
]
INSIDE = [
    "Grace", "Hopper", "grace@alpha.example", "0000-0", "+44 99", "Rear Admiral",
    "katherine@alpha.example", "Vera Chancellor", "internal.example", "Hiddenham", "Secret Street",
    "/tools/alpha", "Information changed", "Main relationship contact",
]  # fmt: skip


@pytest.fixture
def alpha() -> Member:
    cache.clear()  # the API counts calls
    consortium = make_consortium("UK", privacy_notice="What we keep.")
    member = make_member(
        "Alpha", consortium, street="1 Secret Street", city="Hiddenham", website="https://a.example"
    )
    contact = make_contact(
        member,
        [Role.MAIN],
        given_names="Grace",
        family_name="Hopper",
        email="grace@alpha.example",
        phone="+44 99",
        job_title="Rear Admiral",
    )
    user = make_user(orcid=contact.orcid, name="Grace Hopper")
    Invitation.objects.create(
        member=member,
        email="katherine@alpha.example",
        sent_at=None,
    )
    AgreementRecord.objects.create(member=member, name="Vera Chancellor", position="VC")
    member.email_domains.create(domain="internal.example")
    edit_information(member_id=member.pk, version=None, by=Actor.contact(user), description="We.")
    return member


@pytest.mark.parametrize("path", PUBLIC)
def test_a6_nothing_of_the_inside_is_told_in_public(
    client: Client, alpha: Member, path: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert ("Alpha" in answer.text) == ("directory" in path)
    assert [word for word in INSIDE if word in answer.text] == []
