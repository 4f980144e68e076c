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
    AssertedAffiliation,
    Contact,
    DeskSeat,
    InstitutionalSignIn,
    Invitation,
    Mail,
    Profile,
    Role,
    RoleAssignment,
    User,
)
from integrations.orcid.models import Connection, RateBucket, UnwantedToken
from integrations.push.models import Attempt, Delivery, Lane
from integrations.works.models import (
    Authorship,
    DraftMark,
    Grant,
    Keeper,
    MemberWork,
    PermissionRequest,
    Pull,
    Work,
    WorksPolicy,
)
from members.actors import Actor
from members.models import Consortium, EmailDomain, Event, Identifier, Member, Membership
from members.services.information import edit_information
from tests.admin.operator import admin_name, make_operator
from tests.admin.works_rows import make_works_rows
from tests.factories import (
    make_connection,
    make_consortium,
    make_contact,
    make_member,
    make_user,
    make_work,
)
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db

# Session, operator, second factor, count, rows: five everywhere. What comes on top is said beside the number.
QUERIES = {
    Consortium: 5,
    Member: 6,  # consortia to filter by
    Membership: 8,  # consortia to filter by; the first and last day, and the days there are
    Identifier: 5,
    EmailDomain: 5,
    Event: 7,  # the first and last day, and the days there are
    User: 5,
    Profile: 5,
    Contact: 6,  # their roles
    RoleAssignment: 5,
    DeskSeat: 6,  # consortia to filter by
    Invitation: 5,
    AgreementRecord: 5,
    Mail: 7,  # the first and last day, and the days there are
    InstitutionalSignIn: 5,
    AssertedAffiliation: 5,
    Connection: 6,  # the count once more, as the list can be filtered
    UnwantedToken: 6,  # the count once more, of everything
    RateBucket: 6,  # the count once more, of everything
    Delivery: 6,  # and which sections there are to choose from
    Attempt: 5,
    Lane: 5,
    Work: 5,
    Grant: 5,
    PermissionRequest: 5,
    Pull: 5,
    MemberWork: 5,
    Authorship: 5,
    WorksPolicy: 5,
    Keeper: 5,
    DraftMark: 5,
    EmailAddress: 5,
    SocialAccount: 5,
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
        sign_in = InstitutionalSignIn.objects.create(
            member=member,
            slug=f"uni-{place}",
            issuer="https://idp.example",
            help_name="IT",
            help_email="it@uni.example",
        )
        AssertedAffiliation.objects.create(person=user, member=member, sign_in=sign_in)
        RateBucket.objects.create(name=str(place))
        connection = make_connection(contact.orcid)
        UnwantedToken.objects.create(
            credential=connection.credential, connection=connection, token="T"
        )
        Pull.objects.create(connection=connection)
        Lane.objects.create(connection=connection)
        delivery = Delivery.objects.create(connection=connection, item_id=place, member=member)
        Attempt.objects.create(delivery=delivery, kind="add")
        Grant.objects.create(person=user, member=member, purpose="list")
        PermissionRequest.objects.create(
            member=member,
            email="x@uni.example",
            token_hash=str(place),
            expires_at=timezone.now(),
        )
        Profile.objects.create(user=user)
        make_work(user)
        make_works_rows(member, user)
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
