"""Researchers add and publish their own for an institution; drafts of new ORCID works (O2, O7)."""

import pytest
from django.urls import reverse

from contacts.models import User
from integrations.works.models import Grant, MemberWork, Pull, Work, WorksPolicy
from integrations.works.services import drafting, grants
from members.actors import Actor
from tests.factories import make_connection, make_user, make_work
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
