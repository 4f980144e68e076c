"""Whoever has left, or was removed, starts nothing more in the member's name (O2, R5)."""

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Mail, User
from contacts.services import leaving
from integrations.works.models import Keeper, MemberWork, PermissionRequest
from integrations.works.services import answering, asking, forgetting, grants, keepers
from members.actors import Actor
from members.models import Event, Membership
from tests.factories import make_contact, make_user
from tests.works_member.conftest import House, by, make_member_work, typed

pytestmark = pytest.mark.django_db


def last_link() -> str:
    text = str(Mail.objects.filter(kind="keeper_invited").latest("pk").text)
    address = next(word for word in text.split() if "/works-desk/" in word)
    return reverse("keeper_invitation", args=[address.rstrip("/").rpartition("/")[2]])


def invite(house: House, address: str = "pat@uni.example") -> str:
    keepers.invite_keeper(member_id=house.member.pk, email=address, by=Actor.contact(house.contact))
    return last_link()


def asked_and_agreed(house: House, person: User) -> None:
    asking.ask(
        member_id=house.member.pk,
        emails=["ada@people.example"],
        purposes=["push"],
        words="",
        language="en",
        by=Actor.contact(house.contact),
    )
    text = str(Mail.objects.filter(kind="permission_asked").latest("pk").text)
    address = next(word for word in text.split() if "/permissions/" in word)
    token = address.rstrip("/").rpartition("/")[2]
    answering.accept(token=token, purposes=["push"], by=Actor.contact(person))


def test_o2_who_is_no_longer_with_the_member_adds_and_publishes_nothing_for_it(
    house: House,
) -> None:
    """Though the works that name them as an author still do."""
    ada = house.researcher()
    make_member_work(house.member, "Of hers", contributors=by(ada), state="public")
    own = make_member_work(house.member, "Own", origin="researcher", added_by=ada)
    client = house.client(ada)
    grants.end_affiliation(
        member_id=house.member.pk, person_id=ada.pk, by=Actor.contact(house.contact)
    )

    add = reverse("works:institution_add", args=[house.member.slug])
    publish = reverse("works:institution_publish", args=[own.pk])
    answers = [client.get(add).status_code, client.post(add, typed("After")).status_code]
    answers.append(client.post(publish, {"version": own.version}).status_code)

    assert answers == [404, 404, 404]
    assert house.states() == {"Of hers": "public", "Own": "draft"}


def test_who_gives_permission_anew_may_add_again(house: House) -> None:
    ada = house.researcher()
    grants.end_affiliation(
        member_id=house.member.pk, person_id=ada.pk, by=Actor.contact(house.contact)
    )
    grants.switch_on(member_id=house.member.pk, purposes=["push"], by=Actor.contact(ada))

    house.client(ada).post(reverse("works:institution_add", args=[house.member.slug]), typed("New"))

    assert house.states() == {"New": "draft"}


def test_o2_who_was_said_to_have_left_is_looked_at_until_they_are_asked_anew(house: House) -> None:
    ada = house.researcher()
    make_member_work(house.member, "Of hers", contributors=by(ada), state="public")
    own = make_member_work(
        house.member, "Own", origin="researcher", added_by=ada, contributors=by(ada)
    )
    grants.end_affiliation(
        member_id=house.member.pk, person_id=ada.pk, by=Actor.contact(house.contact)
    )
    grants.switch_on(member_id=house.member.pk, purposes=["push"], by=Actor.contact(ada))
    publish = reverse("works:institution_publish", args=[own.pk])

    house.client(ada).post(publish, {"version": own.version})
    before = house.states()
    own.refresh_from_db()
    asked_and_agreed(house, ada)
    house.client(ada).post(publish, {"version": own.version})

    assert (before["Own"], house.states()["Own"]) == ("draft", "public")


def test_who_agreed_is_known_though_the_request_is_forgotten(house: House, settings: Any) -> None:
    settings.RETAIN_DEAD_INVITATIONS_DAYS = 0
    ada = make_user(name="Ada Asked")
    asked_and_agreed(house, ada)
    forgetting.forget()
    own = make_member_work(
        house.member, "Own", origin="researcher", added_by=ada, contributors=by(ada)
    )

    publish = reverse("works:institution_publish", args=[own.pk])
    house.client(ada).post(publish, {"version": own.version})

    assert not PermissionRequest.objects.exists()
    assert house.states() == {"Own": "public"}


def test_who_came_back_is_known_by_what_staff_names_them_in_since(house: House) -> None:
    ada = house.researcher()
    grants.end_affiliation(
        member_id=house.member.pk, person_id=ada.pk, by=Actor.contact(house.contact)
    )
    make_member_work(house.member, "Since", contributors=by(ada), state="public")
    grants.switch_on(member_id=house.member.pk, purposes=["push"], by=Actor.contact(ada))
    own = make_member_work(
        house.member, "Own", origin="researcher", added_by=ada, contributors=by(ada)
    )

    publish = reverse("works:institution_publish", args=[own.pk])
    house.client(ada).post(publish, {"version": own.version})

    assert house.states() == {"Since": "public", "Own": "public"}


def test_who_switched_off_by_themselves_is_an_author_still(house: House) -> None:
    ada = house.researcher()
    make_member_work(house.member, "Of hers", contributors=by(ada), state="public")
    grants.switch_off(member_id=house.member.pk, by=Actor.contact(ada))

    page = house.client(ada).get(reverse("works:institutions")).content.decode()

    assert "Of hers" in page


def test_r5_what_a_removed_contact_sent_opens_the_desk_to_nobody(house: House) -> None:
    other = make_contact(house.member, given_names="Mo", family_name="More")
    mo = make_user(other.orcid, "Mo More")
    keepers.invite_keeper(member_id=house.member.pk, email="pat@uni.example", by=Actor.contact(mo))
    url, pat = last_link(), make_user(name="Pat Place")
    leaving.remove_contact(
        contact_id=other.pk, version=other.version, by=Actor.contact(house.contact)
    )

    answers = [house.client(pat).get(url).status_code, house.client(pat).post(url).status_code]

    assert answers == [404, 404]
    assert house.client(pat).get(house.url("works")).status_code == 404
    assert not Event.objects.filter(kind="keeper_added").exists()


def test_r5_sent_again_by_another_contact_it_counts(house: House) -> None:
    other = make_contact(house.member, given_names="Mo", family_name="More")
    mo = make_user(other.orcid, "Mo More")
    keepers.invite_keeper(member_id=house.member.pk, email="pat@uni.example", by=Actor.contact(mo))
    leaving.remove_contact(
        contact_id=other.pk, version=other.version, by=Actor.contact(house.contact)
    )
    invited = Keeper.objects.get(email="pat@uni.example")
    pat = make_user(name="Pat Place")

    house.client().post(house.url("works_desk_resend", invited.pk))
    house.client(pat).post(last_link())

    invited.refresh_from_db()
    assert (invited.orcid, invited.removed_at) == (pat.orcid, None)
    assert house.client(pat).get(house.url("works")).status_code == 200


@pytest.mark.parametrize(("days", "answers"), [(1, [200, 403]), (100, [404, 404])])
def test_a2_the_desk_of_a_former_member_reads_for_a_while_and_changes_nothing(
    house: House, days: int, answers: list[int]
) -> None:
    work = make_member_work(house.member)
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=days))
    client = house.client(house.keeper)

    read = client.get(house.url("works")).status_code
    sent = {"state": "public", "version": work.version}
    changed = client.post(house.url("work_state", work.pk), sent).status_code

    assert ([read, changed], house.states()) == (answers, {"A work": "draft"})


def test_numbers_that_no_page_made_change_nothing(house: House) -> None:
    """More digits than Python reads are no number."""
    work = make_member_work(house.member)
    ada = house.researcher()
    own = make_member_work(house.member, "Own", origin="researcher", added_by=ada)
    many, client = "9" * 5000, house.client()

    answers = [
        client.post(
            house.url("works_states"), {"which": "ticked", "pk": [many], "state": "public"}
        ).status_code,
        client.post(house.url("work_delete", work.pk), {"version": many}).status_code,
        house.client(ada)
        .post(reverse("works:institution_publish", args=[own.pk]), {"version": many})
        .status_code,
    ]

    assert answers == [302, 200, 302]
    assert set(MemberWork.objects.values_list("state", flat=True)) == {"draft"}
