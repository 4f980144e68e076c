"""Every model is there, opens, can be searched, and cannot be edited or deleted past the rules."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import (
    AgreementRecord,
    Announcement,
    ApiToken,
    AssertedAffiliation,
    Confirmation,
    ConfirmationRound,
    Contact,
    ContactImport,
    DeskSeat,
    ImportedContact,
    InstitutionalSignIn,
    Invitation,
    LeadChange,
    Mail,
    OrcidReport,
    Profile,
    Role,
    RoleAssignment,
    User,
)
from integrations.orcid.models import Connection, Credential, RateBucket, UnwantedToken
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
from tests.admin.operator import admin_name, change_address, make_operator, operator_client
from tests.admin.works_rows import make_works_rows
from tests.factories import make_connection, make_contact, make_user, make_work
from tests.lead.desk import client_of, make_desk

pytestmark = pytest.mark.django_db
OURS = ["members", "contacts", "orcid", "push", "works"]
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


def test_names_are_written_as_orcid_and_people_write_them() -> None:
    names = [str(apps.get_app_config(label).verbose_name) for label in OURS]
    for model in MODELS:
        names += [str(model._meta.verbose_name), str(model._meta.verbose_name_plural)]
        names += [str(field.verbose_name) for field in model._meta.fields]

    wrong = re.compile(r"\b([Oo]rcid|[Aa]pi|[Uu]rl|[Hh]tml)\b")
    assert [name for name in names if wrong.search(name)] == []


REGISTERED = [
    Consortium,
    Member,
    Membership,
    Identifier,
    EmailDomain,
    Event,
    User,
    Contact,
    RoleAssignment,
    DeskSeat,
    Invitation,
    ContactImport,
    ImportedContact,
    AgreementRecord,
    Announcement,
    Mail,
    ApiToken,
    ConfirmationRound,
    Confirmation,
    LeadChange,
    OrcidReport,
    InstitutionalSignIn,
    AssertedAffiliation,
    Credential,
    Connection,
    UnwantedToken,
    RateBucket,
    Delivery,
    Attempt,
    Lane,
    Work,
    Grant,
    PermissionRequest,
    Pull,
    MemberWork,
    Authorship,
    WorksPolicy,
    Keeper,
    DraftMark,
    EmailAddress,
    SocialAccount,
]


@pytest.fixture
def client() -> Client:
    """An operator, and one row at least of everything."""
    desk = make_desk()
    member = desk.lead
    user = make_user(orcid=make_contact(member, [Role.TECHNICAL]).orcid)
    Identifier.objects.create(member=member, scheme="ror", value="https://ror.org/05a28rw58")
    EmailDomain.objects.create(member=member, domain="uni.example")
    AgreementRecord.objects.create(member=member, name="Vera", position="VC")
    invitation = Invitation.objects.create(
        member=member,
        email="x@uni.example",
        roles=["other"],
        token_hash="h",
        expires_at=timezone.now(),
    )
    Mail.objects.create(
        kind="invitation",
        to="x@uni.example",
        subject="S",
        text="SECRET-LINK",
        html="SECRET-LINK",
        member=member,
        invitation=invitation,
        state="failed",
    )
    ApiToken.objects.create(
        name="T",
        prefix="mt_x",
        token_hash="HASH",
        user=user,
        member=member,
        expires_at=timezone.now(),
    )
    Announcement.objects.create(
        consortium=desk.consortium, kind="official", subject="A", body="B", created_by=user
    )
    begun = ConfirmationRound.objects.create(consortium=desk.consortium)
    Confirmation.objects.create(round=begun, member=member)
    LeadChange.objects.create(member=member, contact=desk.main, event_id=1, made_by=user)
    OrcidReport.objects.create(
        consortium=desk.consortium, since_event=0, through_event=1, text="T", sent_by=user
    )
    file = ContactImport.objects.create(consortium=desk.consortium, file_name="ours.csv")
    ImportedContact.objects.create(contact_import=file, contact=desk.main)
    RateBucket.objects.create(name="orcid")
    connection = make_connection(access_token="SECRET-TOKEN", webhook_key="SECRET-KEY")
    UnwantedToken.objects.create(
        credential=connection.credential, connection=connection, token="SECRET-TOKEN"
    )
    Pull.objects.create(connection=connection)
    Lane.objects.create(connection=connection)
    Attempt.objects.create(
        delivery=Delivery.objects.create(connection=connection, item_id=1, member=member),
        kind="add",
    )
    Grant.objects.create(person=user, member=member, purpose="list")
    PermissionRequest.objects.create(
        member=member, email="x@uni.example", token_hash="HASH", expires_at=timezone.now()
    )
    Profile.objects.create(user=user)
    make_work(user)
    make_works_rows(member, user)
    sign_in = InstitutionalSignIn.objects.create(
        member=member,
        protocol="oidc",
        slug="uni",
        issuer="https://idp.example",
        client_secret="SECRET-TOKEN",
        own_key="SECRET-KEY",
        help_name="IT",
        help_email="it@uni.example",
    )
    AssertedAffiliation.objects.create(person=user, member=member, sign_in=sign_in)
    EmailAddress.objects.create(user=user, email="x@uni.example", verified=True)
    SocialAccount.objects.create(user=user, provider="orcid", uid=user.orcid)
    edit_information(member_id=member.pk, version=None, by=Actor.system(), city="Leeds")
    return operator_client()


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_model_of_ours_is_registered(model: type[Model]) -> None:
    assert admin.site.is_registered(model)


@pytest.mark.parametrize("model", REGISTERED, ids=str)
def test_list_opens_and_can_be_searched(client: Client, model: type[Model]) -> None:
    address = reverse(f"{admin_name(model)}_changelist")

    everything = client.get(address)
    nothing = client.get(address, {"q": "no such thing anywhere"})

    assert everything.status_code == nothing.status_code == 200
    assert len(everything.context["cl"].result_list) >= 1
    assert list(nothing.context["cl"].result_list) == []


@pytest.mark.parametrize("model", REGISTERED, ids=str)
def test_row_opens(client: Client, model: type[Model]) -> None:
    response = client.get(change_address(model._default_manager.all()[0]))

    assert response.status_code == 200
    assert "Member Tools: administration" in response.content.decode()


@pytest.mark.parametrize("model", REGISTERED, ids=str)
def test_nothing_is_deleted(client: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]
    name = admin_name(model)

    one = client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"})
    client.post(
        reverse(f"{name}_changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )

    assert one.status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "model", [model for model in REGISTERED if model not in {Consortium, User}], ids=str
)
def test_rows_are_not_edited_by_hand(client: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    response = client.post(change_address(row), {"version": 9, "role": "main", "state": "sent"})

    assert response.status_code == 403


@pytest.mark.parametrize(
    "model",
    [model for model in REGISTERED if model not in {Consortium, Member, InstitutionalSignIn}],
    ids=str,
)
def test_nothing_but_consortia_members_and_sign_ins_is_added(
    client: Client, model: type[Model]
) -> None:
    response = client.get(reverse(f"{admin_name(model)}_add"))

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Member, "LEAD öf North"),
        (Contact, "äaron"),
        (Contact, "lead of NORTH"),
        (User, "Desk Abel"),
    ],
)
def test_search_ignores_accents_and_case(client: Client, model: type[Model], words: str) -> None:
    found = client.get(reverse(f"{admin_name(model)}_changelist"), {"q": words})

    assert len(found.context["cl"].result_list) >= 1


def test_member_leads_to_what_belongs_to_it(client: Client) -> None:
    member = Member.objects.get(display_name="Lead of North Consortium")

    page = client.get(change_address(member)).content.decode()

    for row in [Membership, Contact, Invitation, AgreementRecord, Identifier]:
        assert change_address(row._default_manager.filter(member=member)[0]) in page
    for model in [Event, Contact, Mail, Invitation]:
        address = reverse(f"{admin_name(model)}_changelist")
        assert f"{address}?member__id__exact={member.pk}" in page
        assert client.get(f"{address}?member__id__exact={member.pk}").status_code == 200


def test_mail_is_shown_without_its_words(client: Client) -> None:
    page = client.get(change_address(Mail.objects.get())).content.decode()

    assert "SECRET-LINK" not in page


@pytest.mark.parametrize(
    "model", [Connection, UnwantedToken, Credential, InstitutionalSignIn], ids=str
)
def test_o1_no_token_is_shown(client: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    for address in [reverse(f"{admin_name(model)}_changelist"), change_address(row)]:
        assert "SECRET" not in client.get(address).content.decode()


@pytest.mark.parametrize("model", REGISTERED, ids=str)
def test_pages_have_nothing_that_the_policy_forbids(client: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    for address in [reverse(f"{admin_name(model)}_changelist"), change_address(row)]:
        page = client.get(address).content.decode()
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", page) == []
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []


def test_the_browser_is_shown_the_portals_icon(client: Client) -> None:
    page = client.get("/admin/").content.decode()

    assert f'<link rel="icon" href="{reverse("icon")}" type="image/svg+xml">' in page


def test_stranger_is_sent_to_the_portals_own_sign_in() -> None:
    response = Client().get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_contact_is_not_let_in() -> None:
    response = client_of(make_user()).get("/admin/", follow=True)

    assert response.status_code == 403


def test_staff_see_what_they_were_given() -> None:
    staff = make_operator(is_superuser=False)
    staff.user_permissions.add(Permission.objects.get(codename="view_member"))
    desk = make_desk()
    client = client_of(staff)

    assert client.get(change_address(desk.lead)).status_code == 200
    assert client.get(change_address(desk.main)).status_code == 403
    operation = reverse("admin:members_member_operation", args=[desk.lead.pk, "information"])
    assert client.get(operation).status_code == 403


def test_groups_of_staff_can_be_made(client: Client) -> None:
    client.post("/admin/auth/group/add/", {"name": "Helpers"})

    assert Group.objects.get().name == "Helpers"
