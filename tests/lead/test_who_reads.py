"""A3, first half: the lead desk reads its consortium, and nobody else does."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import DeskSeat, Role, User
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import address, client_of, make_desk, names

pytestmark = pytest.mark.django_db
PAGES = ["", "members/", "members.csv", "contacts/", "contacts.csv", "invitations/", "history/"]
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("level", ["reader", "manager"])
def test_desk_reads_every_page(page: str, level: str) -> None:
    desk = make_desk()
    DeskSeat.objects.update(level=level)

    response = desk.client.get(address(desk, page))

    assert response.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_leads_main_needs_no_seat(page: str) -> None:
    desk = make_desk()
    DeskSeat.objects.all().delete()
    main = User.objects.get(orcid=desk.main.orcid)

    response = client_of(main).get(address(desk, page))

    assert response.status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_other_contacts_of_the_lead_get_404(page: str) -> None:
    desk = make_desk()
    colleague = make_contact(desk.lead, [Role.TECHNICAL])

    response = client_of(make_user(orcid=colleague.orcid)).get(address(desk, page))

    assert response.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_contacts_of_other_members_get_404(page: str) -> None:
    desk = make_desk()
    main = make_contact(make_member("Sibling", desk.consortium), [Role.MAIN])

    response = client_of(make_user(orcid=main.orcid)).get(address(desk, page))

    assert response.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_desk_of_another_consortium_gets_404(page: str) -> None:
    desk, other = make_desk(), make_desk("South Consortium")

    response = other.client.get(address(desk, page))

    assert response.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_operator_has_no_workspace(page: str) -> None:
    desk = make_desk()
    operator = make_user(orcid=None, is_staff=True, is_superuser=True)

    response = client_of(operator).get(address(desk, page))

    assert response.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_posted_here(page: str) -> None:
    desk = make_desk()

    response = desk.client.post(address(desk, page))

    assert response.status_code == 405


def test_home_leads_to_the_one_desk() -> None:
    desk = make_desk()

    response = desk.client.get("/lead/")

    assert response.status_code == 302
    assert response["Location"] == address(desk)


def test_home_lists_several_desks() -> None:
    desk, other = make_desk(), make_desk("South Consortium")
    seated = make_contact(other.lead, orcid=desk.reader.orcid)
    DeskSeat.objects.create(consortium=other.consortium, contact=seated, level="reader")

    response = desk.client.get("/lead/")

    assert [found.name for found in response.context["desks"]] == [
        "North Consortium",
        "South Consortium",
    ]


@pytest.mark.parametrize("number", [2, 4])
def test_query_count_of_home_does_not_grow(number: int, django_assert_num_queries) -> None:
    desk = make_desk()
    for place in range(1, number):
        other = make_desk(f"Consortium {place}")
        seated = make_contact(other.lead, orcid=desk.reader.orcid)
        DeskSeat.objects.create(consortium=other.consortium, contact=seated, level="reader")

    # session, person, desks; for the menu: members, desks
    with django_assert_num_queries(5):
        desk.client.get("/lead/")


def test_home_is_not_there_for_others() -> None:
    response = client_of(make_user()).get("/lead/")

    assert response.status_code == 404


def test_desk_reads_members_but_changes_nothing() -> None:
    desk = make_desk()
    member = make_member("Read Only", desk.consortium)

    read = desk.client.get(member.get_absolute_url())
    changed = desk.client.post(
        f"/tools/{member.slug}/information/", {"version": 1, "display_name": "Mine"}
    )

    assert (read.status_code, changed.status_code) == (200, 403)
    member.refresh_from_db()
    assert member.display_name == "Read Only"


def test_former_members_are_gone() -> None:
    desk = make_desk()
    former = make_member("Former", desk.consortium, end=YESTERDAY)
    make_contact(former, family_name="Gone")

    assert names(desk, "members/") == ["Lead of North Consortium"]
    assert names(desk, "contacts/") == ["Lead Aaron", "Desk Abel"]
    assert desk.client.get(former.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a3_a_lead_that_is_no_member_any_more_has_no_desk(page: str) -> None:
    desk = make_desk()
    make_member("Still There", desk.consortium)
    desk.lead.memberships.update(end=YESTERDAY)

    assert desk.client.get(address(desk, page)).status_code == 404
    assert desk.client.get("/tools/still-there/").status_code == 404


def test_search_does_not_reach_other_consortia() -> None:
    desk, other = make_desk(), make_desk("South Consortium")
    secret = make_member("Secret Southern University", other.consortium)
    make_contact(secret, family_name="Secretive", email="secret@south.example")

    for words in ["secret", "southern", "secret@south.example"]:
        assert names(desk, "members/", search=words) == []
        assert names(desk, "contacts/", search=words) == []


def test_cursor_of_another_consortiums_contact_leads_to_the_start() -> None:
    desk, other = make_desk(), make_desk("South Consortium")
    secret = make_contact(other.lead, family_name="Abba")

    assert names(desk, "contacts/", after=str(secret.pk)) == ["Lead Aaron", "Desk Abel"]
