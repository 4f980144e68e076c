"""A person of whom something is held in every place where something can be."""

import datetime
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from contacts.models import (
    Announcement,
    AssertedAffiliation,
    Confirmation,
    ConfirmationRound,
    Contact,
    ContactImport,
    DeskSeat,
    DeskVisit,
    HelpMessage,
    HelpRequest,
    ImportedContact,
    InstitutionalSignIn,
    Invitation,
    LeadChange,
    Mail,
    OrcidReport,
    Profile,
    Recovery,
    Role,
    Run,
    User,
)
from contacts.services import agreement, invitations, tokens
from contacts.services.editing import edit_contact
from integrations.orcid.models import Connection
from integrations.push.models import Attempt, Delivery, Lane
from integrations.works.models import Keeper, MemberWork, PermissionRequest, Pull, WorksPolicy
from integrations.works.services import authors, grants
from members.actors import Actor
from members.models import Consortium, Event, Member
from tests.factories import (
    make_connection,
    make_consortium,
    make_contact,
    make_member,
    make_user,
    make_work,
)

NAME = "Zenobia Quuxley"
PROVED, AT_WORK, OTHER = "zenobia@home.example", "z.quuxley@alpha.example", "zq@desk.example"


@dataclass
class Somebody:
    user: User
    contact: Contact
    member: Member
    consortium: Consortium
    # Another contact of the same member, who has nothing to do with it.
    other: Contact
    connection: Connection

    @property
    def orcid(self) -> str:
        return self.contact.orcid

    @property
    def strings(self) -> list[str]:
        """What nobody is to find once the person is gone."""
        return [self.orcid, "Quuxley", PROVED, AT_WORK, OTHER]


def make_somebody() -> Somebody:
    consortium = make_consortium("Alpha Consortium", helpdesk_email="help@alpha.example")
    member = make_member("Alpha", consortium)
    consortium.lead = member
    consortium.save()
    other = make_contact(member, [Role.MAIN], given_names="Otto", family_name="Other")
    boss = make_user(other.orcid, name="Otto Other")
    contact = make_contact(
        member, given_names="Zenobia", family_name="Quuxley", email=AT_WORK, phone="+44 1"
    )
    user = make_user(contact.orcid, name=NAME, known_as=NAME, email=PROVED)
    connection = make_connection(contact.orcid, name=NAME)
    someone = Somebody(user, contact, member, consortium, other, connection)
    _sign_in(someone)
    _contact(someone, boss)
    _asked(someone, boss)
    _lead(someone, boss)
    _orcid(someone)
    _works(someone)
    _said_by_others(someone, boss)
    _log(someone, boss)
    return someone


def _sign_in(one: Somebody) -> None:
    EmailAddress.objects.create(user=one.user, email=PROVED, verified=True, primary=True)
    EmailAddress.objects.create(user=one.user, email="typo@home.example")
    said = {"orcid": one.orcid, "name": NAME}
    SocialAccount.objects.create(user=one.user, provider="orcid", uid=one.orcid, extra_data=said)
    Authenticator.objects.create(
        user=one.user, type=Authenticator.Type.TOTP, data={"secret": "a-factors-secret"}
    )
    UserSession.objects.create(
        user=one.user, ip="192.0.2.7", user_agent="A browser", session_key="a-session-key"
    )
    sign_in = InstitutionalSignIn.objects.create(
        member=one.member, protocol="oidc", slug="alpha", issuer="https://idp.example",
        help_name="Desk", help_email="desk@alpha.example",
    )  # fmt: skip
    AssertedAffiliation.objects.create(
        person=one.user, member=one.member, sign_in=sign_in, values=["staff@alpha.example"]
    )
    one.user.groups.add(Group.objects.create(name="Readers"))
    one.user.user_permissions.add(Permission.objects.all()[0])
    Profile.objects.create(user=one.user, biography=f"{NAME} reads.", other_names="Zoe Quuxley")


def _contact(one: Somebody, boss: User) -> None:
    DeskSeat.objects.create(consortium=one.consortium, contact=one.contact, level="manager")
    edit_contact(
        contact_id=one.contact.pk, version=1, by=Actor.contact(one.user), email=AT_WORK,
        given_names="Zenobia", family_name="Quuxley", job_title="Librarian", phone="+44 2",
    )  # fmt: skip
    one.contact.refresh_from_db()
    into = ContactImport.objects.create(
        consortium=one.consortium, file_name="people.csv", created_by=one.user,
        left_out_rows=[{"email": AT_WORK, "name": NAME}, {"email": "other@alpha.example"}],
    )  # fmt: skip
    ImportedContact.objects.create(contact_import=into, contact=one.contact)
    make_contact(
        make_member("Beta"), orcid=one.orcid, given_names="Zenobia", family_name="Quuxley",
        email=AT_WORK, removed_at=timezone.now(),
    )  # fmt: skip
    LeadChange.objects.create(
        member=one.member, contact=one.contact, event_id=1, made_by=boss, note=f"{NAME} is new."
    )
    Recovery.objects.create(
        member=one.member, contact=one.contact, state="waiting", reason="The Main is away.",
        takes_effect_at=timezone.now(), started_by=boss, started_as="lead",
    )  # fmt: skip
    tokens.make_token(
        name="Zenobia Quuxley’s script", days=30, can_write=True, by=Actor.contact(one.user),
        member_id=one.member.pk,
    )  # fmt: skip
    agreement.save_agreement(
        member_id=one.member.pk, version=0, by=Actor.contact(boss), name="Vera", position="Rector"
    )


def _asked(one: Somebody, boss: User) -> None:
    invited = invitations.invite_contact(
        member_id=make_member("Gamma").pk, email=PROVED, roles=[Role.COMMS], by=Actor.system()
    )
    Invitation.objects.filter(pk=invited.pk).update(given_names="Zenobia", family_name="Quuxley")
    asked = HelpRequest.objects.create(
        member=one.member, kind="other", name=NAME, email=AT_WORK, user=one.user, state="open",
        proved_at=timezone.now(),
    )  # fmt: skip
    HelpMessage.objects.create(request=asked, author=boss, capacity="lead", state="open", text="?")
    Mail.objects.create(
        kind="request_for_desk", to="help@alpha.example", subject=f"Help request of {NAME}",
        state="sent",
    )  # fmt: skip
    with transaction.atomic():
        Event.append(
            Event(
                member=one.member, kind=Event.Kind.ADDRESS_LOOKED_UP, capacity="contact",
                actor=boss, personal={"email": AT_WORK},
            ),
            Event(
                member=one.member, kind=Event.Kind.REQUEST_OPENED, capacity="system",
                changes={"help_request": asked.pk}, personal={"name": NAME, "email": AT_WORK},
            ),
        )  # fmt: skip


def _lead(one: Somebody, boss: User) -> None:
    DeskVisit.objects.create(consortium=one.consortium, user=one.user)
    asked = ConfirmationRound.objects.create(consortium=one.consortium, started_by=one.user)
    Confirmation.objects.create(
        round=asked, member=one.member, confirmed_at=timezone.now(), confirmed_by=one.user
    )
    OrcidReport.objects.create(
        consortium=one.consortium, since_event=0, through_event=1, sent_by=boss,
        text=f"New contact: {NAME}, {one.orcid}, {AT_WORK}\nLeft: Otto Other",
    )  # fmt: skip
    spring = Announcement.objects.create(
        consortium=one.consortium, kind="event", subject="Spring", body="Come.", created_by=boss
    )
    Mail.objects.create(
        kind="announcement", to=AT_WORK, subject="Spring", announcement=spring,
        contact=one.contact, state="sent",
    )  # fmt: skip
    Mail.objects.create(kind="contact_added", to=AT_WORK, subject="S", text=NAME, state="queued")
    run = Run(kind="works_import", started_by=one.user, state="draft", subject={"who": NAME})
    run.file.save("quuxley.csv", ContentFile(NAME.encode()), save=True)
    Run.objects.create(kind="member_import", started_by=one.user, consortium=one.consortium)


def _orcid(one: Somebody) -> None:
    lane = Lane.objects.create(connection=one.connection)
    row = Delivery.objects.create(
        connection=lane.connection, section="work", item_id=1, member=one.member,
        state="withdrawn",
    )  # fmt: skip
    Attempt.objects.create(delivery=row, kind="add", status=201)
    Pull.objects.create(connection=one.connection, pulled_at=timezone.now())


def _works(one: Somebody) -> None:
    make_work(
        one.user, "On private matters", visibility="private",
        contributors=[{"name": NAME, "orcid": one.orcid}],
    )  # fmt: skip
    grants.switch_on(member_id=one.member.pk, purposes=["push"], by=Actor.contact(one.user))
    written = MemberWork.objects.create(
        member=one.member, title="A book", type="book", added_by=one.user,
        contributors=[{"name": NAME, "orcid": one.orcid}],
    )  # fmt: skip
    authors.match([written])
    WorksPolicy.objects.create(member=one.member)
    Keeper.objects.create(member=one.member, orcid=one.orcid, name=NAME, email=OTHER)
    PermissionRequest.objects.create(
        member=one.member, email=PROVED, person=one.user, purposes=["list"], token_hash="x",
        expires_at=timezone.now() + datetime.timedelta(days=5), words=f"Dear {NAME}",
    )  # fmt: skip


def _said_by_others(one: Somebody, boss: User) -> None:
    """In what is about others, and stays: what others wrote there of the person."""
    said = f"Ask {NAME}, {AT_WORK}."
    asked = HelpRequest.objects.create(
        member=one.member, kind="other", name="Olga", email="olga@alpha.example", state="open",
        proved_at=timezone.now(),
    )  # fmt: skip
    HelpMessage.objects.create(request=asked, author=boss, capacity="lead", state="open", text=said)
    LeadChange.objects.create(
        member=one.member, contact=one.other, event_id=2, made_by=boss, note=said
    )
    Recovery.objects.create(
        member=one.member, contact=one.other, state="done", reason=said, objection=said.upper(),
        identity_checked=said, closed_at=timezone.now(), takes_effect_at=timezone.now(),
        started_by=boss, started_as="lead",
    )  # fmt: skip
    Announcement.objects.create(
        consortium=one.consortium, kind="event", subject=f"With {NAME}", body=said, created_by=boss
    )
    Mail.objects.create(
        kind="contact_removed", to="otto@alpha.example", subject="S", text=said,
        html=f"<p>{said}</p>", state="failed",
    )  # fmt: skip


def _log(one: Somebody, boss: User) -> None:
    LogEntry.objects.create(
        user=boss, content_type=ContentType.objects.get_for_model(User), object_id=str(one.user.pk),
        object_repr=NAME, action_flag=CHANGE, change_message=f"Changed {NAME}.",
    )  # fmt: skip
