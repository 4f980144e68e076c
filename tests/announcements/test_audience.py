"""Who gets it: the list's filters, without those who declined, each person and address once."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts.audience import audience_of
from contacts.models import Announcement, Role
from members.models import Member
from tests.announcements.conftest import Scene
from tests.factories import make_member
from tests.lead.desk import make_desk


def gets(announcement: Announcement) -> list[str]:
    return sorted(c.email.partition("@")[0] for c in audience_of(announcement).receivers())


def why_not(announcement: Announcement) -> dict[str, str]:
    rest = audience_of(announcement).left_out().exclude(member__display_name="Lead Library")
    return {contact.family_name: contact.reason for contact in rest}


def test_everybody_of_the_consortium_and_nobody_else(scene: Scene) -> None:
    scene.person("a")
    scene.person("gone", [], removed_at=timezone.now())
    make_desk("South Consortium")

    assert gets(scene.write()) == ["a"]


def test_roles_and_member_filters_combine(scene: Scene) -> None:
    chilean = make_member("Chilean", scene.consortium, country="CL")
    scene.person("right", [Role.TECHNICAL], member=chilean)
    scene.person("voter", [Role.MAIN], member=chilean)
    scene.person("role", [Role.INVOICE], member=chilean)
    scene.person("country", [Role.TECHNICAL])

    audience = {"roles": ["technical", "votes"], "filters": {"country": "CL"}}

    assert gets(scene.write(audience=audience)) == ["right", "voter"]


@pytest.mark.parametrize(
    ("kind", "names"),
    [("event", ["both", "news"]), ("newsletter", ["both", "events"]),
     ("official", ["both", "events", "news"])],
)  # fmt: skip
def test_who_declined_is_left_out_of_optional_kinds(
    scene: Scene, kind: str, names: list[str]
) -> None:
    scene.person("both")
    scene.person("events", wants_events=False)
    scene.person("news", wants_newsletters=False)

    announcement = scene.write(kind=kind)

    assert gets(announcement) == names
    assert set(why_not(announcement).values()) <= {"declined"}


def test_each_person_gets_it_once_at_the_address_entered_first(scene: Scene) -> None:
    beta = make_member("Beta", scene.consortium)
    one = scene.person("one")
    scene.person("second", member=beta, orcid=one.orcid)
    scene.person("shares", member=beta, email="ONE@x.example")
    scene.person("none", email="")

    announcement = scene.write()

    assert gets(announcement) == ["one"]
    assert why_not(announcement) == {"second": "once", "shares": "once", "none": "no_address"}


def test_a_no_at_one_member_holds_for_the_person_and_for_the_address(scene: Scene) -> None:
    beta = make_member("Beta", scene.consortium)
    no = scene.person("no", wants_newsletters=False)
    scene.person("elsewhere", member=beta, orcid=no.orcid)
    scene.person("shares", member=beta, email="No@x.example")

    assert gets(scene.write()) == []
    assert gets(scene.write(kind="event")) == ["no"]


def test_a_no_outlives_removal_and_being_added_again(scene: Scene) -> None:
    old = scene.person("old", [], wants_newsletters=False, removed_at=timezone.now())
    scene.person("new", orcid=old.orcid)

    assert gets(scene.write()) == []


def test_a_no_to_another_consortium_counts_there(scene: Scene) -> None:
    south = make_desk("South Consortium")
    mine = scene.person("mine")
    scene.person("theirs", member=south.lead, orcid=mine.orcid, wants_newsletters=False)

    assert gets(scene.write()) == ["mine"]


def test_a_filter_that_fits_no_more_never_widens_the_audience(scene: Scene) -> None:
    chilean = make_member("Chilean", scene.consortium, country="CL")
    scene.person("chilean", member=chilean)
    scene.person("british")
    announcement = scene.write(audience={"filters": {"country": "CL"}})
    Member.objects.filter(pk=chilean.pk).update(country="PE")

    with pytest.raises(ValidationError):
        audience_of(announcement)
    page = scene.client.get(scene.address(f"{announcement.pk}/"))
    sending = scene.client.post(scene.address(f"{announcement.pk}/send/"), {"version": 1})

    assert "Choose the audience anew" in page.content.decode()
    assert sending.context["form"].errors
    announcement.refresh_from_db()
    assert announcement.state == "draft"


def test_page_shows_exactly_who_gets_it_and_who_does_not_and_why(scene: Scene) -> None:
    scene.person("Yes")
    scene.person("No", wants_newsletters=False)
    address = scene.address(f"{scene.write().pk}/audience/")

    yes, no = (scene.reading.get(address, query).context for query in ({}, {"out": "1"}))

    assert [row["contact"].family_name for row in yes["rows"]] == ["Yes"]
    assert [(row["contact"].family_name, str(row["reason"])) for row in no["rows"]] == [
        ("Ager", "no e-mail address"),
        ("Der", "no e-mail address"),
        ("No", "does not want mail of this kind"),
    ]
    assert (yes["receivers"], yes["left_out"]) == (1, 3)


def test_long_audiences_come_in_pages(scene: Scene) -> None:
    for number in range(60):
        scene.person(f"n{number:02}")
    address = scene.address(f"{scene.write().pk}/audience/")

    first = scene.client.get(address).context
    second = scene.client.get(address, {"after": first["page"].after}).context

    assert (len(first["rows"]), len(second["rows"])) == (50, 10)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("out", ["", "1"])
def test_query_count_does_not_grow(
    scene: Scene, number: int, out: str, django_assert_num_queries
) -> None:
    for place in range(number):
        scene.person(f"n{place}", wants_newsletters=not out)
    address = scene.address(f"{scene.write().pk}/audience/")

    client = scene.client
    # session, user, desk, announcement, countries, the page, both numbers; menu: members, desks
    with django_assert_num_queries(10):
        client.get(address, {"out": out})
