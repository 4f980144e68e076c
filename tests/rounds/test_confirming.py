"""One press: *yes, this is right*. Whose it is, what it answers, and that it does no harm."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import Role, RoleAssignment
from contacts.services import confirming, round_steps
from contacts.services.roles import set_roles
from members.actors import Actor
from members.models import Event, Identifier, Member, Membership
from tests.factories import make_consortium
from tests.rounds.conftest import Scene, confirm, make_org, of, signed_in, user_of


def confirmed(member: Member) -> int:
    return Event.objects.filter(member=member, kind=Event.Kind.CONFIRMED).count()


def test_the_page_shows_what_is_asked_about_with_the_ways_to_change_it(scene: Scene) -> None:
    org = make_org(scene)
    Identifier.objects.create(member=org.member, scheme="isni", value="0000000121032683")
    scene.start()

    page = signed_in(org.tech).get(f"/tools/{org.member.slug}/confirm/").content.decode()

    for text in [
        "Mai Ngo", "Main relationship contact (OFFICIAL)", org.tech.email, "Technical contact",
        "0000000121032683", "Alpha University", "Mai Ngo votes.",
        "This has never been confirmed.", "The consortium’s lead has asked for an answer.",
        "/information/", "/identifiers/", "/contacts/", "Yes, this is right",
    ]:  # fmt: skip
        assert text in page


def test_any_contact_confirms_and_the_round_is_answered(scene: Scene) -> None:
    org, other = make_org(scene), make_org(scene, "Beta University")
    scene.start()
    round_steps.advance()
    client = signed_in(org.tech)

    response = confirm(client, org.member)

    assert response["Location"] == f"/tools/{org.member.slug}/"
    org.member.refresh_from_db()
    row = of(org)
    assert (org.member.confirmed_by, row.confirmed_by) == (user_of(org.tech),) * 2
    assert (row.confirmed_at, row.due_at) == (org.member.confirmed_at, None)
    assert of(other).confirmed_at is None
    event = Event.objects.get(member=org.member)
    assert (event.kind, event.actor, event.capacity) == ("confirmed", user_of(org.tech), "contact")
    overview = client.get(response["Location"]).content.decode()
    assert timezone.localdate().strftime("%-d %B %Y") in overview


def test_it_is_a_post(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()

    signed_in(org.main).get(f"/tools/{org.member.slug}/confirm/")

    assert (of(org).confirmed_at, confirmed(org.member)) == (None, 0)


def test_a_double_press_is_one_answer(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()
    client = signed_in(org.main)

    confirm(client, org.member)
    confirm(client, org.member)

    assert confirmed(org.member) == 1


def test_it_can_be_confirmed_without_a_round_and_after_one_is_closed(scene: Scene) -> None:
    org = make_org(scene)
    begun = scene.start()
    signed_in(scene.manager).post(scene.address(f"{begun.pk}/close/"))

    confirm(signed_in(org.main), org.member)

    org.member.refresh_from_db()
    assert org.member.confirmed_at is not None
    assert of(org).confirmed_at is None  # too late for the round, not for the member


def test_h2_what_somebody_else_changed_meanwhile_is_shown_before_it_is_confirmed(
    scene: Scene,
) -> None:
    org = make_org(scene)
    client = signed_in(org.main)
    seen = confirming.last_seen(org.member)
    set_roles(
        contact_id=org.tech.pk, version=1, roles=[Role.INVOICE],
        by=Actor.contact(user_of(org.tech)),
    )  # fmt: skip

    stale = confirm(client, org.member, seen)
    version = stale.context["form"]["version"].value()
    again = confirm(client, org.member, int(version))

    assert (stale.status_code, again.status_code) == (409, 302)
    assert [event.kind for event in stale.context["stale"].events] == ["roles_changed"]
    assert confirmed(org.member) == 1


def test_ones_own_change_meanwhile_is_no_surprise(scene: Scene) -> None:
    org = make_org(scene)
    seen = confirming.last_seen(org.member)
    set_roles(
        contact_id=org.tech.pk, version=1, roles=[Role.INVOICE],
        by=Actor.contact(user_of(org.main)),
    )  # fmt: skip

    assert confirm(signed_in(org.main), org.member, seen).status_code == 302


def test_without_what_was_seen_the_page_is_shown_again(scene: Scene) -> None:
    org = make_org(scene)

    response = signed_in(org.main).post(f"/tools/{org.member.slug}/confirm/")

    assert (response.status_code, confirmed(org.member)) == (200, 0)


@pytest.mark.parametrize("switched_on", [False, True])
def test_the_desk_does_not_answer_for_a_member(scene: Scene, switched_on: bool) -> None:  # noqa: FBT001  # parametrised
    org = make_org(scene)
    Member.objects.filter(pk=org.member.pk).update(lead_may_manage_contacts=switched_on)

    answers = [
        confirm(signed_in(who), org.member).status_code for who in (scene.manager, scene.reader)
    ]

    assert (answers, confirmed(org.member)) == ([403, 403], 0)


def test_contacts_of_a_former_member_do_not_confirm(scene: Scene) -> None:
    org = make_org(scene)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(member=org.member).update(end=yesterday)

    assert confirm(signed_in(org.main), org.member).status_code == 403


def test_a_former_lead_does_not_learn_of_a_later_answer(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()
    today = timezone.localdate()
    Membership.objects.filter(member=org.member).update(end=today - datetime.timedelta(days=1))
    Membership.objects.create(member=org.member, consortium=make_consortium(), start=today)

    confirm(signed_in(org.main), org.member)

    assert (confirmed(org.member), of(org).confirmed_at) == (1, None)


def test_a_contact_removed_meanwhile_is_not_let_in(scene: Scene) -> None:
    org = make_org(scene)
    client = signed_in(org.tech)
    RoleAssignment.objects.filter(contact=org.tech).delete()
    org.tech.removed_at = timezone.now()
    org.tech.save()

    assert confirm(client, org.member).status_code == 404
