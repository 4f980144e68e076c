"""The lead's list of contacts: who is in it, search, filters, pages by key."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import Role
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import Desk, address, make_desk, names

pytestmark = pytest.mark.django_db
STAFF = ["Lead Aaron", "Desk Abel"]


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_contacts_are_ordered_by_family_name_without_accents(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    for family in ["Øst", "Zorn", "Özil"]:
        make_contact(member, family_name=family, given_names="A")

    assert names(desk, "contacts/") == [*STAFF, "A Øst", "A Özil", "A Zorn"]


def test_removed_contacts_are_not_listed(desk: Desk) -> None:
    make_contact(make_member("M", desk.consortium), [], removed_at=timezone.now())

    assert names(desk, "contacts/") == STAFF


@pytest.mark.parametrize(
    "words",
    ["müller", "MULLER", "ines muller", "ines@uni.example", "concepcion", "uni.example concepción"],
)
def test_search_finds_by_name_address_and_member(desk: Desk, words: str) -> None:
    member = make_member("Universidad de Concepción", desk.consortium)
    make_contact(member, given_names="Inés", family_name="Müller", email="Ines@uni.example")

    assert names(desk, "contacts/", search=words) == ["Inés Müller"]


@pytest.mark.parametrize("form", ["{}", "https://orcid.org/{}"])
def test_search_finds_by_id(desk: Desk, form: str) -> None:
    contact = make_contact(make_member("M", desk.consortium))

    found = names(desk, "contacts/", search=form.format(contact.orcid))

    assert found == [contact.display_name]


def test_c7_an_address_outside_the_members_domains_is_flagged(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    make_contact(member, email="ada@elsewhere.example", outside_domains=True)
    make_contact(member, email="bob@uni.example")

    pages = [
        desk.client.get(address(desk, "contacts/"), {"search": name}).content.decode()
        for name in ["ada@elsewhere.example", "bob@uni.example"]
    ]

    assert [page.count("Outside the e-mail domains") for page in pages] == [1, 0]


@pytest.mark.parametrize(
    ("page", "search", "counted"),
    [
        ("contacts/", "abel", "<strong>1</strong> contact matches"),
        ("contacts/", "example", "<strong>2</strong> contacts match"),
        ("members/", "lead", "<strong>1</strong> member matches"),
    ],
)
def test_what_was_found_is_counted_in_words(
    desk: Desk, page: str, search: str, counted: str
) -> None:
    assert counted in desk.client.get(address(desk, page), {"search": search}).content.decode()


def test_role_narrows_the_list(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    technical = make_contact(member, [Role.TECHNICAL])
    make_contact(member, [Role.INVOICE])

    assert names(desk, "contacts/", role="technical") == [technical.display_name]


def test_votes_are_the_voting_contacts_else_the_mains(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    make_contact(member, [Role.MAIN])
    voting = make_contact(member, [Role.VOTING])

    assert names(desk, "contacts/", role="votes") == ["Lead Aaron", voting.display_name]


def test_row_tells_who_votes_and_who_has_signed_in(desk: Desk) -> None:
    never = make_contact(make_member("M", desk.consortium), [Role.TECHNICAL])

    rows = desk.client.get(address(desk, "contacts/")).context["rows"]

    told = {row["contact"].pk: (row["votes"], row["is_authenticated"]) for row in rows}
    assert told[desk.main.pk] == (True, True)
    assert told[never.pk] == (False, False)


def test_unauthenticated_id_says_so(desk: Desk) -> None:
    make_contact(make_member("M", desk.consortium))

    page = desk.client.get(address(desk, "contacts/")).content.decode()

    assert page.count("(unauthenticated)") == 1


def test_filters_combine(desk: Desk) -> None:
    chilean = make_member("Chilean", desk.consortium, country="CL")
    british = make_member("British", desk.consortium, country="GB")
    right = make_contact(chilean, [Role.TECHNICAL], family_name="Right")
    make_contact(chilean, [Role.INVOICE], family_name="Right")
    make_contact(british, [Role.TECHNICAL], family_name="Right")

    found = names(desk, "contacts/", country="CL", role="technical", search="right", gap="no-main")

    assert found == [right.display_name]


def test_pages_go_on_by_key_and_come_back(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    for number in range(60):
        # Same names, so that the key alone decides.
        make_contact(member, family_name=f"Same{number // 10}", given_names="B")

    first = desk.client.get(address(desk, "contacts/")).context
    second = desk.client.get(address(desk, "contacts/"), {"after": first["page"].after}).context
    back = desk.client.get(address(desk, "contacts/"), {"before": second["page"].before}).context

    keys = [[row["contact"].pk for row in page["rows"]] for page in (first, second, back)]
    assert (len(keys[0]), len(keys[1])) == (50, 12)
    assert len({*keys[0], *keys[1]}) == 62
    assert keys[2] == keys[0]
    assert (first["page"].before, second["page"].after) == (None, None)


def test_page_after_somebody_who_has_left_is_still_there(desk: Desk) -> None:
    desk.main.role_assignments.all().delete()
    desk.main.removed_at = timezone.now()
    desk.main.save()

    assert names(desk, "contacts/", after=str(desk.main.pk)) == ["Desk Abel"]


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 30, "0", "²"])
def test_nonsense_cursor_is_the_start(desk: Desk, nonsense: str) -> None:
    assert names(desk, "contacts/", after=nonsense) == STAFF


def test_link_to_the_file_keeps_the_filters(desk: Desk) -> None:
    page = desk.client.get(address(desk, "contacts/"), {"role": "main", "after": "0"})

    assert 'href="/lead/north-consortium/contacts.csv?role=main"' in page.content.decode()


def test_htmx_gets_the_list_alone(desk: Desk) -> None:
    part = desk.client.get(address(desk, "contacts/"), headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(desk: Desk, number: int, django_assert_num_queries) -> None:
    for _ in range(number):
        make_user(orcid=make_contact(make_member("", desk.consortium), [Role.MAIN]).orcid)

    # session, user, desks, countries, contacts with all that the rows say; for the menu: members
    with django_assert_num_queries(6):
        desk.client.get(address(desk, "contacts/"))


def test_any_of_several_roles_narrows_the_list(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    both = make_contact(member, [Role.TECHNICAL, Role.INVOICE])
    voting = make_contact(member, [Role.VOTING])
    make_contact(member, [Role.COMMS])

    page = desk.client.get(address(desk, "contacts/"), {"role": ["technical", "invoice", "voting"]})

    assert [row["contact"] for row in page.context["rows"]] == [both, voting]


@pytest.mark.parametrize(
    ("confirmed", "found"), [("year", ["Lately"]), ("older", ["Once"]), ("never", ["Never"])]
)
def test_list_is_narrowed_by_when_the_member_was_confirmed(
    desk: Desk, confirmed: str, found: list[str]
) -> None:
    days = {"Lately": 5, "Once": 500, "Never": None}
    for name, ago in days.items():
        when = None if ago is None else timezone.now() - datetime.timedelta(days=ago)
        make_contact(make_member(name, desk.consortium, confirmed_at=when), family_name=name)

    assert names(desk, "contacts/", confirmed=confirmed, search="ada") == [
        f"Ada {name}" for name in found
    ]
