"""Each list of the admin takes as many queries for three rows as for one."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contacts.models import (
    AgreementRecord,
    Contact,
    DeskSeat,
    Invitation,
    Mail,
    Role,
    RoleAssignment,
    User,
)
from integrations.orcid.models import RateBucket
from members.actors import Actor
from members.models import Consortium, EmailDomain, Event, Identifier, Member, Membership
from members.services.information import edit_information
from tests.admin.operator import admin_name, make_operator
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db

# Session, operator, count, rows: four everywhere. What comes on top is said beside the number.
QUERIES = {
    Consortium: 4,
    Member: 5,  # consortia to filter by
    Membership: 7,  # consortia to filter by; the first and last day, and the days there are
    Identifier: 4,
    EmailDomain: 4,
    Event: 6,  # the first and last day, and the days there are
    User: 4,
    Contact: 5,  # their roles
    RoleAssignment: 4,
    DeskSeat: 5,  # consortia to filter by
    Invitation: 4,
    AgreementRecord: 4,
    Mail: 6,  # the first and last day, and the days there are
    RateBucket: 5,  # the count once more, of everything
    EmailAddress: 4,
    SocialAccount: 4,
}


@pytest.fixture
def client() -> Client:
    return client_of(make_operator())


def _make_rows(number: int) -> None:
    """That many rows of every kind, each belonging to others."""
    for place in range(number):
        consortium = make_consortium()
        member = make_member("", consortium)
        consortium.lead = member
        consortium.save()
        contact = make_contact(member, [Role.MAIN, Role.COMMS])
        user = make_user(orcid=contact.orcid)
        DeskSeat.objects.create(consortium=consortium, contact=contact, level="reader")
        Identifier.objects.create(member=member, scheme="ringgold", value=str(place + 1))
        EmailDomain.objects.create(member=member, domain="uni.example")
        AgreementRecord.objects.create(member=member, name="Vera", position="VC")
        invitation = Invitation.objects.create(
            member=member,
            email="x@uni.example",
            roles=["other"],
            token_hash=str(place),
            expires_at=timezone.now(),
        )
        Mail.objects.create(
            kind="invitation", to="x@uni.example", member=member, invitation=invitation
        )
        RateBucket.objects.create(name=str(place))
        EmailAddress.objects.create(user=user, email=f"{place}@uni.example", verified=True)
        SocialAccount.objects.create(user=user, provider="orcid", uid=user.orcid)
        edit_information(member_id=member.pk, version=None, by=Actor.contact(user), city="Leeds")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model.__name__)
def test_query_count_does_not_grow(
    client: Client,
    model: type[Model],
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    _make_rows(number)
    address = reverse(f"{admin_name(model)}_changelist")

    with django_assert_num_queries(QUERIES[model]):
        client.get(address)
