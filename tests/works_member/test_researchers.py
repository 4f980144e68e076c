"""Researchers add and publish their own for an institution; drafts of new ORCID works (O2, O7)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Role, User
from integrations.works.models import Grant, MemberWork, Pull, Work, WorksPolicy
from integrations.works.services import drafting, grants
from members.actors import Actor
from members.models import Consortium
from tests.accounts.steps import words
from tests.factories import make_connection, make_contact, make_member, make_user, make_work
from tests.works_member.conftest import House, by, doi, make_member_work, typed, written

pytestmark = pytest.mark.django_db


def add(house: House, person: User, title: str = "Mine") -> MemberWork:
    url = reverse("works:institution_add", args=[house.member.slug])
    house.client(person).post(url, typed(title))
    return MemberWork.objects.get(title=title)


def press(house: House, person: User, verb: str, work: MemberWork) -> int:
    work.refresh_from_db()
    url = reverse(f"works:institution_{verb}", args=[work.pk])
    return house.client(person).post(url, {"version": work.version}).status_code


def test_a_researcher_adds_and_publishes_their_own(house: House) -> None:
    ada = house.researcher()

    work = add(house, ada)
    press(house, ada, "publish", work)

    assert (house.states(), written(work)) == ({"Mine": "public"}, ["Ada Lovelace"])


def test_the_member_may_ask_that_it_is_validated_first(house: House) -> None:
    WorksPolicy.objects.create(member=house.member, validate_first=True)
    ada = house.researcher()
    work = add(house, ada)

    press(house, ada, "publish", work)
    sent_in = house.states()
    waiting = house.client().get(f"{house.url('works')}?state=asked")
    house.client(house.keeper).post(
        house.url("works_states"), {"which": "ticked", "pk": [work.pk], "state": "public"}
    )

    assert (sent_in, house.states()) == ({"Mine": "draft"}, {"Mine": "public"})
    assert "1 work waits for you" in waiting.content.decode()
    assert [row.work.pk for row in waiting.context["rows"]] == [work.pk]
    edit = reverse("works:institution_work", args=[work.pk])
    assert house.client(ada).post(edit, typed("Changed behind")).status_code == 403


def test_the_page_of_a_work_asks_once_whether_the_member_knows_the_person(house: House) -> None:
    ada = house.researcher()
    url = reverse("works:institution_work", args=[add(house, ada).pk])
    client = house.client(ada)

    with CaptureQueriesContext(connection) as asked:
        client.get(url)

    conditions = [query["sql"].partition(" WHERE ")[2] for query in asked.captured_queries]
    assert sum("was_asked" in each for each in conditions) == 1


def test_works_of_people_the_member_never_had_to_do_with_are_looked_at_first(house: House) -> None:
    came = house.researcher("Cara Came", asked=False)
    page = house.client(came).get(reverse("works:institution_add", args=[house.member.slug]))
    work = add(house, came)

    press(house, came, "publish", work)
    sent_in = house.states()
    make_member_work(house.member, "By the staff", contributors=by(came), state="public")
    press(house, came, "publish", work)

    assert page.status_code == 200
    assert (sent_in, house.states()["Mine"]) == ({"Mine": "draft"}, "public")


def test_whom_a_colleague_alone_has_named_is_looked_at_first(house: House) -> None:
    ada, outside = house.researcher(), house.researcher("Otto Outside", asked=False)
    make_member_work(
        house.member, "Of both", contributors=by(ada, outside), state="public",
        origin="researcher", added_by=ada,
    )  # fmt: skip

    work = add(house, outside)
    press(house, outside, "publish", work)

    assert house.states() == {"Of both": "public", "Mine": "draft"}


def test_who_is_named_as_an_author_may_add_too_and_others_may_not(house: House) -> None:
    named, stranger = make_user(name="Nan Named"), make_user()
    make_member_work(house.member, contributors=by(named), state="public")
    url = reverse("works:institution_add", args=[house.member.slug])

    answers = [house.client(person).get(url).status_code for person in (named, stranger)]

    assert answers == [200, 404]
    assert house.client(stranger).post(url, typed()).status_code == 404


def test_others_drafts_are_not_shown_to_their_authors(house: House) -> None:
    ada = house.researcher()
    draft = make_member_work(house.member, "Not yet", contributors=by(ada))
    public = make_member_work(house.member, "Shown", contributors=by(ada), state="public")

    page = house.client(ada).get(reverse("works:institutions")).content.decode()

    assert ("Not yet" in page, "Shown" in page) == (False, True)
    assert press(house, ada, "publish", draft) == 404
    # What others keep of them is not theirs to take back.
    assert press(house, ada, "take_back", public) == 403
    assert house.states() == {"Not yet": "draft", "Shown": "public"}


def test_a_stranger_reaches_no_work_of_anybody(house: House) -> None:
    work = add(house, house.researcher())

    answers = {press(house, make_user(), verb, work) for verb in ("publish", "take_back", "delete")}

    assert (answers, house.states()) == ({404}, {"Mine": "draft"})


def test_the_policy_is_set_by_contacts_and_goes_on_record(house: House) -> None:
    sent = {"version": "0", "on_unpublish": "delete", "validate_first": "on"}

    house.client().post(house.url("works_settings"), sent)
    stale = house.client().post(house.url("works_settings"), sent | {"on_unpublish": "keep"})

    policy = WorksPolicy.objects.get()
    assert (policy.on_unpublish, policy.validate_first) == ("delete", True)
    assert "While you were editing, somebody else changed this" in stale.content.decode()
    assert house.member.events.get().kind == "works_policy_changed"


def test_h2_versions_that_never_were_are_stale(house: House) -> None:
    work = make_member_work(house.member)
    client, never = house.client(), {"version": "9" * 30}

    policy = client.post(house.url("works_settings"), never | {"on_unpublish": "delete"})
    state = client.post(house.url("work_state", work.pk), never | {"state": "public"}, follow=True)

    assert "While you were editing, somebody else changed this" in words(policy)
    assert "Somebody changed this work meanwhile" in words(state)
    assert (house.states(), WorksPolicy.objects.count()) == ({"A work": "draft"}, 0)


@pytest.fixture
def ada(house: House) -> User:
    """Somebody whose record has been read."""
    person = make_user(name="Ada Lovelace")
    Pull.objects.create(
        connection=make_connection(str(person.orcid)), pulled_at="2026-01-01T00:00Z"
    )
    make_work(person, "Before", identifiers=[doi("10.5555/before")])
    by_herself = Actor.contact(person)
    grants.switch_on(member_id=house.member.pk, purposes=["draft"], by=by_herself)
    return person


def test_o7_new_public_works_become_drafts_and_no_others(house: House, ada: User) -> None:
    make_member_work(house.member, "There", identifiers=[doi("10.5555/THERE")])
    make_work(ada, "New", identifiers=[doi("10.5555/new")])
    make_work(ada, "Private", visibility="private", identifiers=[doi("10.5555/private")])
    make_work(ada, "Typed", origin=Work.Origin.FORM, identifiers=[doi("10.5555/typed")])
    make_work(ada, "There, too", identifiers=[doi("https://doi.org/10.5555/there")])

    made = [drafting.after_pull(person_id=ada.pk) for _time in range(2)]

    assert (made, house.states()) == ([1, 0], {"There": "draft", "New": "draft"})
    assert written(MemberWork.objects.get(title="New")) == ["Ada Lovelace"]


def test_o2_no_drafts_without_the_switch(house: House, ada: User) -> None:
    grants.switch_off(member_id=house.member.pk, by=Actor.contact(ada))
    make_work(ada, "New")

    assert (drafting.after_pull(person_id=ada.pk), house.states()) == (0, {})


def test_a_deleted_draft_does_not_come_back(house: House, ada: User) -> None:
    make_work(ada, "New")
    drafting.after_pull(person_id=ada.pk)
    MemberWork.objects.all().delete()

    assert (drafting.after_pull(person_id=ada.pk), house.states()) == (0, {})


def test_works_a_person_lets_the_member_list_are_taken_as_drafts(house: House, ada: User) -> None:
    make_work(ada, "Private", visibility="limited")
    url = house.url("researcher_take", ada.orcid)
    before = house.client().post(url).status_code
    Grant.objects.create(person=ada, member=house.member, purpose="list")

    house.client().post(url)
    house.client(house.keeper).post(url)

    assert (before, house.states()) == (404, {"Before": "draft"})


def test_the_desk_finds_whose_works_it_may_add_and_adds_them(house: House, ada: User) -> None:
    """Neither what the person lets otherwise, nor who lets nobody, is told to it."""
    client = house.client(house.keeper)
    house.researcher("Bo Other", "push", "draft")
    offered = house.url("works_offered")
    before = words(client.get(offered))
    Grant.objects.create(person=ada, member=house.member, purpose="list")

    page = client.get(offered)
    theirs = house.url("researcher", ada.orcid)
    works = client.get(theirs)
    client.post(house.url("researcher_take", ada.orcid))

    assert "Nobody lets you add their works yet" in before
    assert f'href="{offered}"' in client.get(house.url("works")).content.decode()
    assert f'href="{theirs}"><bdi>{ada.display_name}</bdi></a>' in page.content.decode()
    assert "1 public work" in words(page)
    assert "Bo Other" not in words(page)
    assert "Before" in words(works)
    assert "Add them to our works, as drafts" in words(works)
    assert house.states() == {"Before": "draft"}


def test_a3_who_only_reads_is_not_told_to_add_works(house: House, ada: User) -> None:
    Grant.objects.create(person=ada, member=house.member, purpose="list")
    consortium = Consortium.objects.get()
    consortium.lead = make_member("Lead", consortium)
    consortium.save()
    desk = make_user(make_contact(consortium.lead, [Role.MAIN]).orcid)

    pages = [
        words(house.client(desk).get(house.url(*where)))
        for where in (("works_offered",), ("researcher", ada.orcid))
    ]

    assert all("this organisation’s staff" in page and "to yours" not in page for page in pages)


def test_nothing_is_added_by_the_switch_itself(house: House, ada: User) -> None:
    said = words(house.client(ada).get(reverse("permissions:member", args=[house.member.slug])))

    grants.switch_on(member_id=house.member.pk, purposes=["list"], by=Actor.contact(ada))

    assert "Let staff add my ORCID works there" in said
    assert "as drafts to be looked at; none is added by itself" in said
    assert house.states() == {}


def test_works_of_researchers_are_searched_by_name(house: House) -> None:
    for name in ("Ada Lovelace", "Grace Hopper"):
        house.researcher(name, "list")
    client = house.client()

    found = words(client.get(house.url("works_offered"), {"search": "lovelace", "purpose": "push"}))
    nobody = words(client.get(house.url("works_offered"), {"search": "zzz"}))

    assert ("Ada Lovelace" in found, "Grace Hopper" in found) == (True, False)
    assert "Nobody matches" in nobody


def test_works_of_researchers_cost_the_same_whatever_is_shown(
    house: House, django_assert_num_queries
) -> None:
    client = house.client()
    for number in (1, 3):
        for n in range(number):
            make_work(house.researcher(f"Person {number}{n}", "list"))
        # session, user; the member; whether its works are theirs to keep: two; who lets it; their
        # names, permissions, connections and works; own or not: two; the menu's two
        with django_assert_num_queries(14):
            page = words(client.get(house.url("works_offered")))
        assert f"Person {number}0" in page


def test_ones_works_at_institutions_cost_the_same_whatever_is_shown(
    house: House, django_assert_num_queries
) -> None:
    person = house.researcher()
    client = house.client(person)
    for number in (1, 3):
        for n in range(number):
            work = make_member_work(house.member, f"Work {number}{n}", contributors=by(person))
            MemberWork.objects.filter(pk=work.pk).update(state="public")
        client.get(reverse("works:institutions"))
        # session, user; for whom: grants and authorships, for the list and for adding; the works;
        # the institutions; the menu’s two
        with django_assert_num_queries(10):
            page = client.get(reverse("works:institutions")).content.decode()
        assert "Work 10" in page
