"""The publications desk: named by iD like contacts, and nothing else in Member Tools (C2–C4, A1, R5)."""

import datetime
from urllib.parse import quote

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from contacts.models import Mail
from contacts.services import moving
from integrations.works.models import Keeper
from integrations.works.services import forgetting
from members.actors import Actor
from members.models import Event
from tests.access.urlconf import every_view
from tests.factories import make_consortium, make_contact, make_member, make_user, new_orcid
from tests.sandbox_server import SandboxServer
from tests.works_member.conftest import House, make_house, make_member_work

pytestmark = pytest.mark.django_db
# What the desk may do, and the step that every researcher's page shares.
OPEN = {name for name in (view.name for view in every_view()) if name.startswith("tools:work")}


def link_in_last_mail() -> str:
    text = str(Mail.objects.latest("pk").text)
    return next(word for word in text.split() if "/works-desk/" in word).split("8000", 1)[-1]


def test_a_found_person_is_compared_then_on_the_desk_and_told(
    house: House, orcid: SandboxServer
) -> None:
    shown = [{"email": "kit@uni.example", "verified": True, "visibility": "public"}]
    found = orcid.add_person(given_names="Kit", family_name="Key", emails=shown)
    client = house.client()

    compare = client.post(house.url("works_desk_add"), {"email": "kit@uni.example"}, follow=True)
    offer = compare.context["form"]["offer"].value()
    client.post(house.url("works_desk_confirm"), {"offer": offer})

    keeper = Keeper.objects.get(email="kit@uni.example")
    assert "Kit Key" in compare.content.decode()
    assert (keeper.orcid, Mail.objects.latest("pk").to) == (found, "kit@uni.example")
    assert house.client(make_user(found)).get(house.url("works")).status_code == 200


def test_who_came_through_an_institution_connects_an_orcid_and_comes_back(
    house: House, orcid: SandboxServer
) -> None:
    house.client().post(house.url("works_desk_invite"), {"email": "pat@uni.example"})
    url = reverse("keeper_invitation", args=[link_in_last_mail().rstrip("/").rpartition("/")[2]])

    page = house.client(make_user(orcid=None, name="Pat Place")).get(url).content.decode()

    assert f'href="/me/accounts/orcid/first/?next={quote(url, safe="")}"' in page
    assert "Sign out, and sign in with ORCID" not in page


def test_c4_an_id_cannot_be_typed(house: House) -> None:
    house.client().post(house.url("works_desk_confirm"), {"offer": new_orcid()})

    assert Keeper.objects.count() == 1


def test_whoever_is_not_found_is_invited_and_proves_mailbox_and_id_together(
    house: House, orcid: SandboxServer
) -> None:
    client = house.client()
    client.post(house.url("works_desk_add"), {"email": "pat@uni.example"})
    client.post(house.url("works_desk_invite"), {"email": "pat@uni.example"})
    url = reverse("keeper_invitation", args=[link_in_last_mail().rstrip("/").rpartition("/")[2]])
    pat = make_user(name="Pat Place")
    other = make_user(name="Late Comer")

    before = house.client(pat).get(house.url("works")).status_code
    house.client(pat).post(url)
    after = house.client(pat).get(house.url("works")).status_code
    again = house.client(other).post(url)

    assert (before, after, again.status_code) == (404, 200, 404)
    assert "If you have used it already, just sign in." in again.text
    assert Keeper.objects.get(email="pat@uni.example").orcid == pat.orcid


def test_a1_the_desk_gets_nothing_else_in_member_tools(house: House) -> None:
    client = house.client(house.keeper)
    answers = {}

    for view in every_view():
        if view.name.startswith("tools:") and view.arguments == ("slug",):
            answers[view.name] = client.get(house.url(view.name.removeprefix("tools:"))).status_code

    closed = {name: status for name, status in answers.items() if name not in OPEN}
    # A page that takes no GET says so whoever asks.
    assert set(closed.values()) <= {404, 405}
    assert {answers[f"tools:works_desk{end}"] for end in ("_add", "_confirm", "_invite")} == {403}
    page = client.get(house.url("works")).content.decode()
    assert f'href="{reverse("tools:overview", args=[house.member.slug])}"' not in page


def test_the_desk_cannot_name_others_nor_set_the_policy(house: House) -> None:
    client = house.client(house.keeper)
    keeper = Keeper.objects.get()

    answers = [
        client.post(house.url("works_settings"), {"version": 0}).status_code,
        client.post(house.url("works_desk_remove", keeper.pk)).status_code,
        client.post(house.url("works_desk_resend", keeper.pk)).status_code,
    ]

    assert (answers, Keeper.objects.current().count()) == ([403] * 3, 1)


def test_r5_a_removed_keeper_is_out_with_the_next_request(house: House) -> None:
    client = house.client(house.keeper)
    before = client.get(house.url("works")).status_code
    keeper = Keeper.objects.get()

    house.client().post(house.url("works_desk_remove", keeper.pk))

    assert (before, client.get(house.url("works")).status_code) == (200, 404)
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds == ["keeper_removed"]


def test_a_keeper_may_leave(house: House) -> None:
    client = house.client(house.keeper)
    before = client.get(house.url("works")).status_code

    client.post(house.url("works_desk_leave"))

    assert (before, client.get(house.url("works")).status_code) == (200, 404)
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds == ["keeper_removed"]


def test_another_members_desk_is_not_reached(house: House) -> None:
    others = make_house("Elsewhere")
    theirs = Keeper.objects.get(member=others.member)

    answer = house.client().post(house.url("works_desk_remove", theirs.pk)).status_code
    seen = house.client(house.keeper).get(others.url("works")).status_code

    assert (answer, seen, theirs.removed_at) == (404, 404, None)


def test_c8_a_moved_id_keeps_its_place_and_its_works(house: House) -> None:
    old = str(house.keeper.orcid)
    person = {"name": "Kim", "orcid": old, "role": "author", "sequence": "first"}
    work = make_member_work(house.member, contributors=[person])
    new = new_orcid()

    moving.move_orcid(old=old, new=new, by=Actor.system())

    house.keeper.refresh_from_db()
    work.refresh_from_db()
    assert house.keeper.orcid == new
    assert Keeper.objects.get().orcid == new
    assert work.contributors[0]["orcid"] == new
    assert work.authorships.get().person == house.keeper


def test_tools_lead_the_desk_to_the_works(house: House) -> None:
    client = house.client(house.keeper)

    answer = client.get(reverse("tools:home"))

    assert house.url("works") in client.get("/").content.decode()
    assert (answer.status_code, answer.headers.get("Location")) == (302, house.url("works"))


def test_a_contact_of_another_organisation_is_led_to_the_desk_as_well(house: House) -> None:
    elsewhere = make_member("Elsewhere", make_consortium())
    make_contact(elsewhere, [], orcid=str(house.keeper.orcid))

    page = house.client(house.keeper).get(reverse("tools:home")).content.decode()

    for place in (house.url("works"), reverse("tools:overview", args=[elsewhere.slug])):
        assert f'href="{place}"' in page.partition("<main")[2]


def test_h7_whoever_left_the_desk_is_forgotten_and_the_history_too(house: House) -> None:
    keeper = Keeper.objects.get()
    house.client().post(house.url("works_desk_remove", keeper.pk))
    long_ago = timezone.now() - datetime.timedelta(days=settings.RETAIN_FORMER_CONTACTS_DAYS + 1)
    Keeper.objects.update(removed_at=long_ago)

    forgetting.forget()

    told = Event.objects.get(kind="keeper_removed")
    assert (Keeper.objects.count(), told.personal) == (0, None)
    assert Event.objects.filter(kind="erased", member=house.member).exists()
