"""H7, C5, H4: what is over is erased when its time has come, and nothing earlier or else."""

import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from contacts import tasks
from contacts.models import (
    AgreementRecord,
    Contact,
    HelpRequest,
    Invitation,
    LeadChange,
    Mail,
    OrcidReport,
    Recovery,
    Role,
    User,
)
from contacts.services import agreement, erasing, leaving, retention
from contacts.services.invitations import invite_contact, withdraw_invitation
from members.actors import Actor
from members.models import Event, Member
from members.querysets import EventQuerySet
from tests.factories import ago, make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium())


def removed(member: Member, days: int, **fields: Any) -> Contact:
    contact = make_contact(member, **fields)
    leaving.remove_contact(contact_id=contact.pk, by=SYSTEM)
    Contact.objects.filter(pk=contact.pk).update(removed_at=ago(days))
    return contact


def about(contact: Contact) -> EventQuerySet:
    return Event.objects.filter(changes__contact=contact.pk)


def test_c5_former_contact_is_deleted_after_twelve_months(member: Member) -> None:
    old, recent = removed(member, 366), removed(member, 364)
    current = make_contact(member)

    tasks.erase_expired()

    assert set(Contact.objects.all()) == {recent, current}
    gone = about(old).get()
    assert (gone.personal, gone.changes["roles"]) == (None, [["other"], []])
    assert about(recent).get().personal == {
        "name": recent.display_name,
        "email": [recent.email, None],
        "orcid": [recent.orcid, None],
    }


def test_h4_readers_of_the_feed_are_told_what_was_erased(member: Member) -> None:
    old = removed(member, 366)
    invitation = Invitation.objects.create(
        member=member,
        email=old.email,
        token_hash="h",
        expires_at=timezone.now(),
        closed_at=timezone.now(),
        outcome="accepted",
        contact=old,
    )

    retention.erase_former_contacts()

    told = Event.objects.get(kind=Event.Kind.ERASED)
    assert (told.member, told.capacity, told.personal) == (member, "system", None)
    assert told.changes == {
        "events": [about(old).get().pk],
        "contacts": [old.pk],
        "invitations": [invitation.pk],
    }
    assert not Invitation.objects.exists()


def test_what_points_at_a_former_contact_does_not_keep_them(member: Member) -> None:
    old = removed(member, 366)
    boss = make_user()
    LeadChange.objects.create(member=member, contact=old, event_id=1, made_by=boss)
    over = {"takes_effect_at": ago(400), "started_by": boss, "started_as": "operator"}
    Recovery.objects.create(
        member=member, contact=old, state="done", closed_at=ago(370), reason="r", **over
    )

    retention.erase_former_contacts()

    assert not Contact.objects.filter(pk=old.pk).exists()


def test_open_recovery_waits(member: Member) -> None:
    old = removed(member, 366)
    over = {"takes_effect_at": ago(400), "started_by": make_user(), "started_as": "operator"}
    Recovery.objects.create(member=member, contact=old, state="waiting", reason="r", **over)

    retention.erase_former_contacts()

    assert Contact.objects.filter(pk=old.pk).exists()
    with pytest.raises(ValidationError, match="A recovery names this person"):
        retention.erase_former_contact(contact_id=old.pk, by=SYSTEM)


def test_current_contact_cannot_be_erased(member: Member) -> None:
    contact = make_contact(member)

    with pytest.raises(Contact.DoesNotExist):
        retention.erase_former_contact(contact_id=contact.pk, by=SYSTEM)


def test_contact_cannot_erase(member: Member) -> None:
    old = removed(member, 366)
    main = make_user(make_contact(member, [Role.MAIN]).orcid)

    with pytest.raises(PermissionDenied):
        retention.erase_former_contact(contact_id=old.pk, by=Actor.contact(main))


def invited(member: Member, email: str, **fields: Any) -> Invitation:
    invitation = invite_contact(member_id=member.pk, email=email, roles=["comms"], by=SYSTEM)
    Invitation.objects.filter(pk=invitation.pk).update(**fields)
    return invitation


def test_dead_invitations_are_deleted_after_thirty_days(member: Member) -> None:
    make_contact(member, [Role.MAIN])
    withdrawn = invited(member, "w@alpha.example")
    withdraw_invitation(invitation_id=withdrawn.pk, by=SYSTEM)
    Invitation.objects.filter(pk=withdrawn.pk).update(closed_at=ago(31))
    expired = invited(member, "e@alpha.example", expires_at=ago(31))
    lately = invited(member, "l@alpha.example", expires_at=ago(29))
    live = invited(member, "o@alpha.example")

    retention.erase_dead_invitations()

    assert set(Invitation.objects.all()) == {lately, live}
    told = Event.objects.get(kind=Event.Kind.ERASED)
    assert told.changes["invitations"] == [withdrawn.pk, expired.pk]
    named = Event.objects.filter(personal__isnull=False, changes__has_key="invitation")
    assert [event.personal for event in named.order_by("pk")] == [
        {"email": "l@alpha.example"},
        {"email": "o@alpha.example"},
    ]


def test_log_of_mails_is_deleted_after_twelve_months_but_what_waits(member: Member) -> None:
    def mail(state: str, days: int) -> Mail:
        return Mail.objects.create(
            kind="invitation", to="x@alpha.example", subject="S", state=state, created_at=ago(days)
        )

    mail("sent", 366)
    mail("failed", 366)
    kept = {mail("sent", 364), mail("queued", 366), mail("sending", 366)}

    retention.erase_old_mails()

    assert set(Mail.objects.all()) == kept


def test_help_requests_are_deleted_twelve_months_after_they_were_closed(member: Member) -> None:
    def request(**fields: Any) -> HelpRequest:
        return HelpRequest.objects.create(
            member=member, kind="other", name="Nina", email="n@alpha.example", **fields
        )

    closed = {"state": "resolved", "proved_at": ago(400)}
    old, lately = request(closed_at=ago(366), **closed), request(closed_at=ago(364), **closed)
    still_open = request(state="open", proved_at=ago(400))
    unproved = request(state="unproved", created_at=ago(31))

    retention.erase_help_requests()

    assert set(HelpRequest.objects.all()) == {lately, still_open}
    assert old.pk
    assert unproved.pk


def test_h7_recoveries_are_deleted_twelve_months_after_they_were_decided(member: Member) -> None:
    def recovery(state: str, closed: datetime.datetime | None) -> Recovery:
        return Recovery.objects.create(
            member=member, email="new@alpha.example", state=state, closed_at=closed, reason="Left.",
            takes_effect_at=ago(400), started_by=make_user(), started_as="operator",
        )  # fmt: skip

    recovery("done", ago(366))
    recovery("objected", ago(366))
    kept = {recovery("done", ago(364)), recovery("invited", None)}

    tasks.erase_expired()

    assert set(Recovery.objects.all()) == kept


def test_h7_what_orcid_was_told_of_people_is_emptied_after_twelve_months(member: Member) -> None:
    consortium = member.memberships.get().consortium
    assert consortium

    def report(days: int) -> OrcidReport:
        return OrcidReport.objects.create(
            consortium=consortium, since_event=days, through_event=days,
            text="New contact: Ada", sent_by=make_user(), sent_at=ago(days),
        )  # fmt: skip

    report(366)
    report(364)

    tasks.erase_expired()

    told = OrcidReport.objects.order_by("sent_at")
    assert [one.text for one in told] == ["", "New contact: Ada"]


def test_h7_imported_people_whom_nobody_writes_to_are_forgotten(member: Member) -> None:
    make_contact(member, [Role.MAIN])
    draft = {"sent_at": None, "expires_at": None, "token_hash": None}
    invited(member, "old@alpha.example", created_at=ago(366), **draft)
    lately = invited(member, "new@alpha.example", created_at=ago(364), **draft)

    retention.erase_dead_invitations()

    assert Invitation.objects.get() == lately


def test_addresses_that_were_looked_up_are_forgotten_after_thirty_days(member: Member) -> None:
    def looked_up(days: int) -> Event:
        return Event(
            member=member,
            kind=Event.Kind.ADDRESS_LOOKED_UP,
            personal={"email": f"{days}@x.example"},
            capacity="contact",
            created_at=ago(days),
        )

    with transaction.atomic():
        Event.append(looked_up(31), looked_up(29))

    retention.erase_by_age()

    events = Event.objects.filter(kind=Event.Kind.ADDRESS_LOOKED_UP).order_by("pk")
    assert [event.personal for event in events] == [None, {"email": "29@x.example"}]


def test_former_signatory_without_id_is_forgotten(member: Member, monkeypatch) -> None:
    agreement.save_agreement(
        member_id=member.pk, version=0, by=SYSTEM, name="Vera", position="Rector"
    )
    agreement.remove_agreement(member_id=member.pk, version=1, by=SYSTEM)
    keeping = make_member("Beta")
    agreement.save_agreement(
        member_id=keeping.pk, version=0, by=SYSTEM, name="Rita", position="Rector"
    )
    now = ago(-366)
    monkeypatch.setattr(timezone, "now", lambda: now)

    retention.erase_former_agreements()

    names = Event.objects.filter(kind__startswith="agreement").order_by("pk")
    assert [bool(event.personal) for event in names] == [False, False, True]
    assert AgreementRecord.objects.get().name == "Rita"


def test_account_of_a_person_who_is_nobodys_contact_is_emptied(member: Member) -> None:
    long_ago: dict[str, Any] = {"date_joined": ago(800), "last_login": ago(366)}
    former = make_user(name="Forma Former", **long_ago)
    EmailAddress.objects.create(user=former, email="f@alpha.example", verified=True)
    SocialAccount.objects.create(user=former, provider="orcid", uid=former.orcid)
    contact = make_user(make_contact(member).orcid, name="Kept Contact", **long_ago)
    lately = make_user(name="Kept Lately", date_joined=ago(800), last_login=ago(3))
    operator = make_user(None, name="Kept Operator", is_staff=True, **long_ago)

    retention.empty_former_users()

    former.refresh_from_db()
    assert (former.name, former.orcid, former.is_active) == ("", None, False)
    assert not EmailAddress.objects.filter(user=former).exists()
    assert not SocialAccount.objects.filter(user=former).exists()
    kept = User.objects.filter(is_active=True).order_by("pk")
    assert list(kept) == [contact, lately, operator]


def test_h4_readers_are_told_at_each_member_where_the_person_acted(member: Member) -> None:
    person = make_user(make_contact(member, [Role.MAIN]).orcid, name="Forma Former")
    contact = make_contact(member)
    leaving.remove_contact(contact_id=contact.pk, by=Actor.contact(person))

    leaving.leave(contact_id=Contact.objects.of(person).get().pk, by=Actor.contact(person))
    own = Contact.objects.get(orcid=person.orcid)
    about_them = about(own).get()

    erasing.erase_person(user_id=person.pk, by=SYSTEM)

    told = Event.objects.get(kind=Event.Kind.ERASED)
    assert told.member == member
    assert told.changes == {
        "events": [about_them.pk],
        "contacts": [own.pk],
        "actors": [person.username],
    }


def test_second_run_finds_nothing_left(member: Member) -> None:
    removed(member, 366)
    invited(make_member("Beta"), "e@beta.example", expires_at=ago(31))
    tasks.erase_expired()
    before = Event.objects.count()

    tasks.erase_expired()

    assert Event.objects.count() == before
