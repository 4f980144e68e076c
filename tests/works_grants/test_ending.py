"""How a permission ends without the person: the member, its sign-in, the membership; uniting (O2)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from contacts.models import Role, User
from contacts.services import retention
from contacts.services.moving import move_orcid
from contacts.signals import affiliation_ended
from integrations.works import tasks
from integrations.works.models import Grant
from integrations.works.services import grants
from members.actors import Actor
from members.models import Consortium, Event, Member
from tests.factories import make_connection, make_contact, make_grant, make_member, make_user
from tests.works_grants.conftest import Person, events, given, signed_in

YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


def left(member: Member, person: Person) -> str:
    return f"/tools/{member.slug}/researchers/{person.user.orcid}/left/"


def test_contacts_say_no_longer_with_us_and_are_asked_first(
    ada: Person, staff: Person, uni: Member
) -> None:
    make_grant(ada.user, uni, "push")
    make_grant(ada.user, uni, "list")

    asked = staff.reads(left(uni, ada))
    before = given(ada, uni)
    said = staff.presses(left(uni, ada))

    assert "What is on their ORCID record stays there." in asked
    assert (before, given(ada, uni)) == (["push", "list"], [])
    assert "Ada Lovelace is no longer listed" in said
    assert events(uni) == [("grant_ended", [["push", "list"], []])]
    event = Event.objects.get(kind="grant_ended")
    assert (event.actor, event.changes["ended_by"]) == (staff.user, "member")


def test_the_person_reads_who_ended_it_and_may_give_anew(
    ada: Person, staff: Person, uni: Member
) -> None:
    make_grant(ada.user, uni, "push")
    staff.presses(left(uni, ada))

    assert "ended by the institution: you are no longer with it" in ada.reads("/me/permissions/")
    ada.presses(f"/me/permissions/{uni.slug}/switch/", purpose="push", on="1")
    assert given(ada, uni) == ["push"]


def test_only_that_members_permissions_end(
    ada: Person, staff: Person, uni: Member, consortium: Consortium
) -> None:
    other = make_member("Beta", consortium)
    make_grant(ada.user, uni, "push")
    make_grant(ada.user, other, "push")

    staff.presses(left(uni, ada))

    assert (given(ada, uni), given(ada, other)) == ([], ["push"])


def test_whoever_gave_this_member_nothing_is_not_there(
    ada: Person, staff: Person, uni: Member, consortium: Consortium
) -> None:
    make_grant(ada.user, make_member("Beta", consortium), "push")

    assert staff.client.get(left(uni, ada)).status_code == 404
    assert staff.client.post(left(uni, ada)).status_code == 404


def test_a3_the_lead_says_it_for_nobody(ada: Person, uni: Member, consortium: Consortium) -> None:
    lead = make_member("Lead", consortium)
    consortium.lead = lead
    consortium.save()
    main = make_user(make_contact(lead, [Role.MAIN]).orcid)
    Member.objects.filter(pk=uni.pk).update(lead_may_manage_contacts=True)
    make_grant(ada.user, uni, "push")

    assert signed_in(main).client.post(left(uni, ada)).status_code == 403
    for by in (Actor.lead(main), Actor.contact(main), Actor.operator(main)):
        with pytest.raises(PermissionDenied):
            grants.end_affiliation(member_id=uni.pk, person_id=ada.user.pk, by=by)
    assert given(ada, uni) == ["push"]


def test_institutional_sign_in_ends_it(ada: Person, uni: Member) -> None:
    make_grant(ada.user, uni, "push")

    with transaction.atomic():
        affiliation_ended.send(sender=User, person=ada.user, member_id=uni.pk)

    assert given(ada, uni) == []
    assert Grant.objects.get().ended_by == "sign_in"
    assert events(uni) == [("grant_ended", [["push"], []])]


def test_with_the_membership_it_no_longer_counts_at_once_and_then_ends(
    ada: Person, uni: Member
) -> None:
    make_grant(ada.user, uni, "push")
    uni.memberships.update(end=YESTERDAY)

    counts = Grant.objects.in_force().exists()
    tasks.end_permissions()
    tasks.end_permissions()

    assert counts is False
    assert Grant.objects.get().ended_by == "membership"
    assert events(uni) == [("grant_ended", [["push"], []])]
    assert "the institution is no longer a member" in ada.reads("/me/permissions/")


def test_a_membership_that_lasts_ends_nothing(ada: Person, uni: Member) -> None:
    make_grant(ada.user, uni, "push")
    uni.memberships.update(end=timezone.localdate())

    tasks.end_permissions()

    assert given(ada, uni) == ["push"]


def test_c8_two_records_that_are_one_person_carry_their_permissions_over(
    ada: Person, uni: Member, consortium: Consortium
) -> None:
    other = make_member("Beta", consortium)
    present = make_user(name="Ada King")
    earlier = timezone.now() - datetime.timedelta(days=9)
    make_grant(ada.user, uni, "push", given_at=earlier)
    make_grant(ada.user, other, "list")
    make_grant(present, uni, "push")
    make_grant(present, uni, "draft")

    move_orcid(old=ada.user.orcid or "", new=present.orcid or "", by=Actor.system())

    assert (given(present, uni), given(present, other)) == (["push", "draft"], ["list"])
    assert Grant.objects.current().get(member=uni, purpose="push").given_at == earlier
    assert Grant.objects.of(ada.user).count() == 0
    assert events(uni) == []


def test_h7_what_ended_long_ago_is_forgotten_and_names_with_it(
    ada: Person, uni: Member, settings
) -> None:
    ada.presses(f"/me/permissions/{uni.slug}/switch/", purpose="push", on="1")
    ada.presses(f"/me/permissions/{uni.slug}/withdraw/")
    settings.RETAIN_FORMER_CONTACTS_DAYS = 0

    tasks.forget_permissions()

    assert not Grant.objects.exists()
    kinds = ["grant_given", "grant_ended"]
    assert list(Event.objects.filter(kind__in=kinds).values_list("personal", flat=True)) == [
        None,
        None,
    ]
    erased = Event.objects.get(kind="erased")
    assert (erased.member, len(erased.changes["events"])) == (uni, 2)


def test_h7_who_has_connected_keeps_the_account_that_serves_them(uni: Member) -> None:
    long_ago = timezone.now() - datetime.timedelta(days=1000)
    served, gone = (make_user(date_joined=long_ago) for _who in range(2))
    make_connection(served.orcid or "")
    make_connection(gone.orcid or "", state="ended")
    for person in (served, gone):
        make_grant(person, uni, "push")

    retention.empty_former_users()
    tasks.forget_permissions()

    served.refresh_from_db()
    gone.refresh_from_db()
    assert (bool(served.orcid), gone.orcid) == (True, None)
    assert [grant.person for grant in Grant.objects.all()] == [served]
