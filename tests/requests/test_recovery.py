"""A5: naming a new Main, told to everybody, after three working days, or at once when checked."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts import tasks
from contacts.models import Contact, Invitation, Mail, Recovery, Role, RoleAssignment
from contacts.services import answering, invitations
from contacts.services.recovery import after_working_days, cancel_recovery, start_recovery
from members.actors import Actor
from members.models import Consortium, Event
from tests.factories import make_contact, make_user
from tests.requests.conftest import Desk, contact_who_signed_in, link_in, newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(desk: Desk) -> Desk:
    Consortium.objects.filter(pk=desk.consortium.pk).update(lead_may_recover=True)
    return desk


@pytest.fixture
def operator() -> Actor:
    return Actor.operator(make_user(orcid=None, email="op@portal.example", is_staff=True))


def main_of(desk: Desk) -> Contact:
    return RoleAssignment.objects.get(member=desk.member, role=Role.MAIN).contact


def let_the_days_pass() -> None:
    Recovery.objects.update(takes_effect_at=timezone.now() - datetime.timedelta(seconds=1))
    tasks.advance_recoveries()


def start(desk: Desk, **data: object) -> Recovery:
    address = reverse("lead:recovery_start", args=["help-consortium", desk.member.slug])
    desk.client(desk.manager).post(address, {"reason": "Retired.", "contact_id": "", **data})
    return Recovery.objects.get()


def test_a5_everybody_is_told_and_the_role_passes_after_the_days(allowed: Desk) -> None:
    old, _user = contact_who_signed_in(allowed.member, Role.MAIN)
    new, _new_user = contact_who_signed_in(allowed.member, Role.TECHNICAL)

    recovery = start(allowed, contact_id=new.pk)
    before = main_of(allowed)
    tasks.advance_recoveries()
    still = main_of(allowed)
    let_the_days_pass()

    told = Mail.objects.filter(kind=Mail.Kind.RECOVERY_STARTED)
    assert {mail.to for mail in told} == {old.email, new.email, "office@lost.example"}
    assert "The reason given: Retired." in told[0].text
    assert (before, still, main_of(allowed)) == (old, old, new)
    recovery.refresh_from_db()
    assert recovery.state == Recovery.State.DONE
    assert old.roles == [Role.OTHER]


def test_the_present_main_is_not_offered_as_the_new_one(allowed: Desk) -> None:
    contact_who_signed_in(allowed.member, Role.MAIN)
    other, _user = contact_who_signed_in(allowed.member, Role.TECHNICAL)
    address = reverse("lead:recovery_start", args=["help-consortium", allowed.member.slug])

    page = allowed.client(allowed.manager).get(address)

    offered = page.context["form"].fields["contact_id"].choices
    assert [value for value, _label in offered] == ["", str(other.pk)]


def test_a5_an_objection_by_the_mailed_link_stops_it(client: Client, allowed: Desk) -> None:
    old, _user = contact_who_signed_in(allowed.member, Role.MAIN)
    new, _new_user = contact_who_signed_in(allowed.member, Role.OTHER)
    start(allowed, contact_id=new.pk)
    link = link_in(newest(Mail.Kind.RECOVERY_STARTED, to=old.email), part="/recovery/")

    client.post(link, {"text": "I am only on leave."})
    let_the_days_pass()

    assert main_of(allowed) == old
    told = newest(Mail.Kind.RECOVERY_OBJECTED, to="manager@lead.example")
    assert "I am only on leave." in told.text
    assert client.get(link).status_code == 410


def test_a5_a_new_person_is_invited_and_becomes_main_on_acceptance(allowed: Desk) -> None:
    old, _user = contact_who_signed_in(allowed.member, Role.MAIN)
    start(allowed, email="new@lost.example")
    none_yet = Invitation.objects.count()

    let_the_days_pass()
    token = link_in(newest(Mail.Kind.INVITATION), part="/invitations/").split("/")[2]
    person = make_user()
    contact = answering.accept_invitation(
        token=token, by=Actor.contact(person), given_names="Ne", family_name="W"
    )

    assert none_yet == 0
    assert main_of(allowed) == contact
    assert Contact.objects.get(pk=old.pk).roles == [Role.OTHER]
    assert Mail.objects.filter(kind=Mail.Kind.ROLES_LEFT_OUT).count() == 0
    assert Recovery.objects.get().state == Recovery.State.DONE


def test_h6_what_was_called_off_takes_back_the_invitation_that_has_not_left(allowed: Desk) -> None:
    recovery = start(allowed, email="new@lost.example")
    let_the_days_pass()
    mail = newest(Mail.Kind.INVITATION)
    link = link_in(mail, part="/invitations/")

    allowed.client(allowed.manager).post(
        reverse("lead:recovery_cancel", args=["help-consortium", recovery.pk])
    )

    mail.refresh_from_db()
    assert (mail.state, mail.text) == (Mail.State.WITHDRAWN, "")
    assert "This invitation has been answered or withdrawn." in str(Client().get(link).content)
    told = Event.objects.order_by("-pk").values_list("kind", flat=True)[:2]
    assert set(told) == {Event.Kind.RECOVERY_CANCELLED, Event.Kind.INVITATION_WITHDRAWN}


def test_a5_not_by_the_lead_unless_the_operator_has_switched_it_on(desk: Desk) -> None:
    contact_who_signed_in(desk.member, Role.MAIN)
    address = reverse("lead:recovery_start", args=["help-consortium", desk.member.slug])

    answer = desk.client(desk.manager).post(address, {"reason": "x", "email": "a@b.example"})

    assert answer.status_code == 403
    assert Recovery.objects.count() == 0


def test_a5_readers_never(allowed: Desk) -> None:
    address = reverse("lead:recovery_start", args=["help-consortium", allowed.member.slug])

    answer = allowed.client(allowed.reader).post(address, {"reason": "x", "email": "a@b.example"})

    assert answer.status_code == 403


def test_a5_at_once_where_the_operator_records_how_identity_was_checked(
    allowed: Desk, operator: Actor
) -> None:
    contact_who_signed_in(allowed.member, Role.MAIN)
    new, _user = contact_who_signed_in(allowed.member, Role.OTHER)

    start_recovery(
        member_id=allowed.member.pk, by=operator, reason="Died.", contact_id=new.pk,
        identity_checked="Seen in person with passport.",
    )  # fmt: skip

    assert main_of(allowed) == new


def test_a5_the_lead_cannot_claim_a_checked_identity(allowed: Desk) -> None:
    new, _user = contact_who_signed_in(allowed.member, Role.OTHER)

    with pytest.raises(PermissionDenied):
        start_recovery(
            member_id=allowed.member.pk, by=Actor.lead(allowed.manager), reason="x",
            contact_id=new.pk, identity_checked="Trust me.",
        )  # fmt: skip


def test_r3_a_contact_who_never_signed_in_cannot_become_main(
    allowed: Desk, operator: Actor
) -> None:
    absent = make_contact(allowed.member)

    with pytest.raises(ValidationError, match="has not signed in yet"):
        start_recovery(member_id=allowed.member.pk, by=operator, reason="x", contact_id=absent.pk)


def test_one_recovery_at_a_time(allowed: Desk, operator: Actor) -> None:
    start(allowed, email="new@lost.example")

    with pytest.raises(ValidationError, match="under way"):
        start_recovery(
            member_id=allowed.member.pk, by=operator, reason="x", email="other@lost.example"
        )


def test_calling_it_off_stops_it(allowed: Desk) -> None:
    recovery = start(allowed, email="new@lost.example")

    allowed.client(allowed.manager).post(
        reverse("lead:recovery_cancel", args=["help-consortium", recovery.pk])
    )
    let_the_days_pass()

    assert Invitation.objects.count() == 0
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["recovery_started", "recovery_cancelled"]


@pytest.mark.parametrize(
    ("start_day", "effect_day"),
    [(2, 5), (4, 9), (6, 11), (7, 11), (8, 11)],  # February 2026: the 2nd is a Monday
)
def test_working_days_leave_out_the_weekend(start_day: int, effect_day: int) -> None:
    begun = datetime.datetime(2026, 2, start_day, 9, tzinfo=datetime.UTC)

    assert after_working_days(begun, 3).day == effect_day


def test_a5_a_look_alike_addresss_open_invitation_does_not_become_the_mains(
    allowed: Desk,
) -> None:
    _contact, user = contact_who_signed_in(allowed.member, Role.MAIN)
    # PostgreSQL takes a dotless i for an i when it ignores case.
    invitations.invite_contact(
        member_id=allowed.member.pk, email="x@lost\u0131.example", roles=[Role.COMMS],
        by=Actor.contact(user),
    )  # fmt: skip

    start(allowed, email="x@losti.example")
    let_the_days_pass()

    offered = {one.email: one.roles for one in Invitation.objects.all()}
    assert offered == {"x@lost\u0131.example": ["comms"], "x@losti.example": ["main"]}


@pytest.mark.parametrize("what", ["switch", "membership"])
def test_a5_what_the_lead_began_ends_with_its_right_to_recover(allowed: Desk, what: str) -> None:
    old, _user = contact_who_signed_in(allowed.member, Role.MAIN)
    new, _new_user = contact_who_signed_in(allowed.member, Role.TECHNICAL)
    recovery = start(allowed, contact_id=new.pk)
    if what == "switch":
        Consortium.objects.filter(pk=allowed.consortium.pk).update(lead_may_recover=False)
    else:
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        allowed.member.memberships.update(end=yesterday)

    let_the_days_pass()

    recovery.refresh_from_db()
    assert (recovery.state, main_of(allowed)) == ("cancelled", old)
    assert Event.objects.filter(kind=Event.Kind.RECOVERY_CANCELLED).count() == 1


def test_a5_only_who_may_recover_calls_it_off(allowed: Desk) -> None:
    contact_who_signed_in(allowed.member, Role.MAIN)
    new, user = contact_who_signed_in(allowed.member, Role.TECHNICAL)
    recovery = start(allowed, contact_id=new.pk)

    for by in (Actor.contact(user), Actor.lead(allowed.reader)):
        with pytest.raises(PermissionDenied):
            cancel_recovery(recovery_id=recovery.pk, by=by)

    recovery.refresh_from_db()
    assert recovery.state == "waiting"
