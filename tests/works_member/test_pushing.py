"""An institution's works on their authors' ORCID records (O2–O4, O7)."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import formats, timezone

from contacts.models import User
from integrations.orcid import http, scopes
from integrations.orcid.models import Connection
from integrations.push.models import Attempt, Delivery
from integrations.push.services import sending
from integrations.works.models import Grant, MemberWork, WorksPolicy
from integrations.works.services import grants
from members.actors import Actor
from tests.factories import make_connection, make_user
from tests.reading import words
from tests.sandbox_server import SandboxServer
from tests.works_member.conftest import House, by, make_member_work, typed


@dataclass
class Author:
    """Somebody with a record at the local ORCID, connected, who lets the house push."""

    user: User
    connection: Connection
    house: House
    sandbox: SandboxServer

    @property
    def client(self) -> Client:
        return self.house.client(self.user)

    def switch(self, *, on: bool) -> None:
        actor = Actor.contact(self.user)
        turn = grants.switch_on if on else grants.switch_off
        turn(member_id=self.house.member.pk, purposes=["push"], by=actor)

    def work(self, title: str = "On whales", **fields: Any) -> MemberWork:
        return make_member_work(self.house.member, title, contributors=by(self.user), **fields)

    def set_state(self, work: MemberWork, state: str) -> None:
        work.refresh_from_db()
        sent = {"state": state, "version": work.version}
        self.house.client().post(self.house.url("work_state", work.pk), sent)

    def deliver(self) -> None:
        for _turn in range(10):
            if not sending.deliver(connection_id=self.connection.pk):
                return

    def record(self) -> list[str]:
        """The titles on the record, as ORCID shows them."""
        url = f"{self.sandbox.member_api_url}/{self.user.orcid}/works"
        headers = {
            "Authorization": f"Bearer {self.connection.access_token}",
            "Accept": "application/json",
        }
        groups = self.sandbox.http.get(url, headers=headers).raise_for_status().json()["group"]
        return sorted(group["work-summary"][0]["title"]["title"]["value"] for group in groups)

    def states(self) -> list[str]:
        rows = Delivery.objects.filter(connection=self.connection).order_by("pk")
        return list(rows.values_list("state", flat=True))


@pytest.fixture
def ada(house: House, orcid: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.setattr(http, "_sleep", lambda _seconds: None)
    return make_author(house, orcid)


def make_author(house: House, orcid: SandboxServer, **record: str) -> Author:
    person = {"given_names": "Ada", "family_name": "Lovelace"} | record
    iD = orcid.add_person(**person)  # noqa: N806  # ORCID's spelling
    asked = [scopes.READ_LIMITED, scopes.ACTIVITIES_UPDATE]
    tokens = orcid.give_permission(iD, settings.ORCID_CLIENT_ID, " ".join(asked))
    user = make_user(orcid=iD, name="Ada Lovelace")
    author = Author(user, make_connection(iD, scopes=asked, **tokens), house, orcid)
    author.switch(on=True)
    return author


def test_a_public_work_goes_is_updated_and_its_change_follows(ada: Author) -> None:
    work = ada.work()
    draft = ada.work("A draft")

    ada.set_state(work, "public")
    ada.deliver()
    first = ada.record()
    work.refresh_from_db()
    sent = typed("On whales, again", version=str(work.version), year="2020") | {
        "identifiers-0-value": work.identifiers[0]["value"],
        "contributors-0-orcid": str(ada.user.orcid),
        "identifiers-INITIAL_FORMS": "1", "contributors-INITIAL_FORMS": "1",
    }  # fmt: skip
    ada.house.client().post(ada.house.url("work", work.pk), sent)
    ada.deliver()

    assert (first, ada.record()) == (["On whales"], ["On whales, again"])
    assert draft.state == "draft"
    assert ada.states() == ["in_orcid"]


@pytest.mark.parametrize("language", ["he", "id", "yi", "zh", "zh_CN", "en"])
def test_a_work_in_any_language_we_offer_is_one_that_orcid_takes(
    ada: Author, language: str
) -> None:
    work = ada.work(
        language_code=language, translated_title="X", translated_title_language=language
    )

    ada.set_state(work, "public")
    ada.deliver()

    assert (ada.record(), ada.states()) == (["On whales"], ["in_orcid"])


@pytest.mark.parametrize(("policy", "left"), [("keep", ["On whales"]), ("delete", [])])
def test_unpublishing_follows_what_the_institution_stated(
    ada: Author, policy: str, left: list[str]
) -> None:
    WorksPolicy.objects.create(member=ada.house.member, on_unpublish=policy)
    work = ada.work()
    ada.set_state(work, "public")
    ada.deliver()

    ada.set_state(work, "validated")
    ada.deliver()

    assert ada.record() == left


def test_nothing_goes_out_when_the_grant_ends_or_the_work_is_taken_back_while_queued(
    ada: Author,
) -> None:
    granted, taken_back = ada.work("Granted"), ada.work("Taken back")
    ada.set_state(granted, "public")
    ada.set_state(taken_back, "public")

    ada.set_state(taken_back, "draft")
    ada.switch(on=False)
    ada.deliver()
    after = (ada.record(), ada.states())
    ada.switch(on=True)
    ada.deliver()

    assert after == ([], ["waiting", "withdrawn"])
    assert ada.record() == ["Granted"]


def test_o2_what_is_there_stays_when_the_grant_ends(ada: Author) -> None:
    work = ada.work()
    ada.set_state(work, "public")
    ada.deliver()

    ada.switch(on=False)
    ada.deliver()

    assert ada.record() == ["On whales"]


def test_only_to_records_of_those_named_who_let_the_member(ada: Author) -> None:
    work = ada.work()
    Grant.objects.all().delete()

    ada.set_state(work, "public")
    ada.deliver()

    assert (ada.record(), ada.states()) == ([], [])


def test_an_author_reads_beside_the_work_whether_it_is_on_their_own_record(
    ada: Author, django_assert_num_queries: Any
) -> None:
    bob, work = make_user(name="Bob Boole"), ada.work("Mine alone", state="validated")
    both = make_member_work(ada.house.member, "Of both", contributors=by(ada.user, bob))
    queue = reverse("works:queue")
    pages = {one: reverse("works:institution_work", args=[one.pk]) for one in (work, both)}
    before = words(ada.client.get(pages[work]))

    ada.set_state(work, "public")
    ada.set_state(both, "public")
    ada.deliver()
    shown = ada.client.get(pages[both])
    of_bob = ada.house.client(bob).get(pages[both])

    assert ("Mine alone" in before, "Your ORCID record" in before) == (True, False)
    assert "Your ORCID record On the ORCID record" in words(shown)
    assert f'href="{queue}?show=there"' in shown.content.decode()
    assert "The institution has not sent it to your record." in words(of_bob)
    assert f'href="{queue}">What goes' in of_bob.content.decode()
    client = ada.client
    # session, user; for whom: grants and authorships; the work; who looks at it first: policy, and
    # whether the member knows the person (three); the policy; the delivery; the menu’s two
    for page in pages.values():
        with django_assert_num_queries(13):
            client.get(page)


def test_push_all_sends_what_was_public_before(ada: Author) -> None:
    ada.switch(on=False)
    work = ada.work()
    ada.set_state(work, "public")
    ada.switch(on=True)
    before = ada.states()

    queue = reverse("works:queue")
    page = ada.client.get(queue).content.decode()
    place = ada.client.get(reverse("permissions:member", args=[ada.house.member.slug]))
    said = ada.client.post(reverse("works:push_all"), follow=True).content.decode()
    ada.deliver()
    after = ada.client.get(queue).content.decode()

    assert (before, ada.record()) == ([], ["On whales"])
    assert "1 public work was never sent to your record" in page
    # Who has just switched on is led to it, and told what the press did.
    assert "1 work was public before, and is not sent by itself." in place.content.decode()
    assert "1 work is queued." in said
    assert "Push all now" not in after


def test_what_orcid_would_refuse_is_said_before_it_is_sent(ada: Author) -> None:
    work = ada.work("No identifiers", identifiers=[], published="")

    ada.set_state(work, "public")
    ada.deliver()
    mine = ada.client.get(reverse("works:queue")).content.decode()
    staff = ada.house.client().get(ada.house.url("work", work.pk)).content.decode()
    listed = ada.house.client().get(f"{ada.house.url('works')}?orcid=failed").content.decode()
    own = ada.client.get(reverse("works:institution_work", args=[work.pk])).content.decode()

    for page in (mine, staff, own):
        assert "It has no identifier of its own, such as a DOI or an ISBN." in page
        assert "The date is missing: at least the year." in page
    assert ("1 failed" in listed, ada.states()) == (True, ["failed"])
    # Each is told what they themselves can do; and to send it now would only fail again.
    assert "When it is corrected, it is sent again by itself." in staff
    for page in (mine, own):
        assert "The institution can correct it; it is then sent again by itself." in page
    assert reverse("works:institution_work", args=[work.pk]) in mine
    assert "Send now" not in mine


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("busy", "ORCID was busy. Nobody has to do anything: it is tried again by itself."),
        ("lost", "ORCID did not answer; whether it arrived is looked up. Nobody has to do"),
        ("locked", "ORCID has closed the record. It goes when ORCID opens the record again."),
    ],
)
def test_a7_what_orcid_did_not_take_stands_in_the_queue_with_the_reason(
    ada: Author, fault: str, said: str
) -> None:
    """What the other faults come to is in tests/push/test_sending.py."""
    if fault == "locked":
        ada.sandbox.set_status(str(ada.user.orcid), fault)
    else:
        ada.sandbox.fault(f"/api/v3.0/{ada.user.orcid}/work", kind=fault)

    ada.set_state(ada.work(), "public")
    ada.deliver()

    queue = words(ada.client.get(reverse("works:queue")))
    assert "On whales" in queue
    assert said in queue


def test_a_discarded_work_stays_discarded_until_the_person_sends_it(ada: Author) -> None:
    work = ada.work()
    ada.set_state(work, "public")
    row = Delivery.objects.get()

    ada.client.post(reverse("works:queue_discard", args=[row.pk]))
    ada.set_state(work, "draft")
    ada.set_state(work, "public")
    ada.deliver()
    before = ada.record()
    ada.client.post(reverse("works:queue_send", args=[row.pk]))
    ada.deliver()

    assert (before, ada.record()) == ([], ["On whales"])


def test_nobody_elses_queue_is_seen_or_pressed(ada: Author, house: House) -> None:
    work = ada.work("Only Ada’s")
    ada.set_state(work, "public")
    row = Delivery.objects.get()
    other = house.client(make_user(name="Bo"))

    page = other.get(reverse("works:queue")).content.decode()
    answers = [
        other.post(reverse(f"works:queue_{verb}", args=[row.pk])).status_code
        for verb in ("send", "discard")
    ]

    assert ("Only Ada’s" in page, answers, ada.states()) == (False, [404, 404], ["queued"])


def test_the_history_has_orcids_answers_in_words(ada: Author) -> None:
    work = ada.work()
    ada.set_state(work, "public")
    ada.deliver()

    page = ada.client.get(reverse("works:queue_history")).content.decode()

    assert ("On whales" in page, "Accepted" in page, "Adding it" in page) == (True, True, True)


def refused_then_accepted(ada: Author) -> MemberWork:
    """ORCID knows no such country; it is corrected."""
    work = ada.work(country="XX")
    ada.set_state(work, "public")
    ada.deliver()
    work.refresh_from_db()
    corrected = typed("On whales", version=str(work.version)) | {
        "contributors-0-orcid": str(ada.user.orcid), "contributors-INITIAL_FORMS": "1",
        "identifiers-INITIAL_FORMS": "1",
    }  # fmt: skip
    ada.house.client().post(ada.house.url("work", work.pk), corrected)
    ada.deliver()
    return work


def test_person_and_staff_see_each_answer_and_what_to_do_newest_first(ada: Author) -> None:
    work = refused_then_accepted(ada)

    mine = words(ada.client.get(reverse("works:queue_history")))
    staff = words(ada.house.client().get(ada.house.url("work", work.pk)))

    refusal = "ORCID does not know the type, language, country or citation format."
    advice = "When it is corrected, it is sent again by itself."
    day = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    assert ada.record() == ["On whales"]
    assert re.findall("Accepted|Adding it|" + re.escape(refusal), mine) == [
        "Adding it", "Accepted", "Adding it", refusal
    ]  # fmt: skip
    assert f"{refusal} {advice}" in mine
    answers = staff.partition("ORCID’s answers")[2]
    said = re.findall(rf"Ada Lovelace : Adding it {day}\S* \S+ (.*?)(?= Ada|$| Delete)", answers)
    assert said == ["Accepted", f"{refusal} {advice}"]


def test_staff_see_answers_about_their_own_work_alone(ada: Author) -> None:
    refused_then_accepted(ada)
    other = ada.work("Another", identifiers=[])

    page = words(ada.house.client().get(ada.house.url("work", other.pk)))

    assert ("Accepted" in page, "ORCID’s answers" in page) == (False, False)


def test_an_answer_that_is_not_the_last_word_says_what_follows_by_itself(ada: Author) -> None:
    """Who has it already is found out by itself: nobody has to correct anything (9021)."""
    mine, staff = answered(ada, "9021", state="sending", error_code="9021")

    said = "same identifier already. Nobody has to do anything: it is looked up on the record"
    assert [said in page for page in (mine, staff)] == [True, True]


@pytest.mark.parametrize(
    ("code", "advice", "no_more"),
    [
        ("500", "failed while taking it. Send it again later;", "It is tried again by itself"),
        ("9021", "same identifier already. When it is corrected,", "it is looked up on the record"),
    ],
)
def test_an_answer_that_became_the_last_word_advises_what_the_state_beside_it_does(
    ada: Author, code: str, advice: str, no_more: str
) -> None:
    mine, staff = answered(ada, code, state="failed", error_code=code)

    answers = staff.partition("ORCID’s answers")[2]
    assert [advice in page for page in (mine, answers)] == [True, True]
    assert [no_more in page for page in (mine, staff)] == [False, False]


@pytest.mark.parametrize("code", ["500", "9021", "busy", "no_answer"])
def test_an_answer_that_others_have_followed_advises_nothing(ada: Author, code: str) -> None:
    pages = answered(ada, code, state="in_orcid", error_code="")

    assert ["by itself" in page or "Send it again" in page for page in pages] == [False, False]


def test_nobody_is_told_to_wait_where_the_person_has_to_connect(ada: Author) -> None:
    pages = answered(ada, "busy", state="waiting", error_code="reconnect")

    assert ["Nobody has to do anything" in page for page in pages] == [False, False]


def answered(ada: Author, code: str, **delivery: str) -> tuple[str, str]:
    """What the person and staff read of a delivery in this state after this answer of ORCID's."""
    work = ada.work()
    ada.set_state(work, "public")
    ada.deliver()
    Delivery.objects.update(**delivery)
    Delivery.objects.get().history.create(kind="add", code=code)
    return (
        words(ada.client.get(reverse("works:queue_history"))),
        words(ada.house.client().get(ada.house.url("work", work.pk))),
    )


def test_a_works_page_costs_the_same_however_many_answers(
    ada: Author, django_assert_num_queries
) -> None:
    work = ada.work()
    ada.set_state(work, "public")
    ada.deliver()
    row, staff = Delivery.objects.get(), ada.house.client()
    for number in (1, 30):
        row.history.bulk_create(
            Attempt(delivery=row, kind="add", code="500") for _ in range(number)
        )
        staff.get(ada.house.url("work", work.pk))
        with django_assert_num_queries(17):
            page = words(staff.get(ada.house.url("work", work.pk)))

    assert (page.count("Ada Lovelace : "), "The last 20 are shown." in page) == (20, True)


def test_the_queue_costs_the_same_whatever_it_shows(ada: Author, django_assert_num_queries) -> None:
    for number in (1, 3):
        for n in range(number):
            ada.set_state(ada.work(f"Work {number}{n}"), "public")
        client = ada.client
        client.get(reverse("works:queue"))
        # … and which of them have a page for the person: three
        with django_assert_num_queries(13):
            page = client.get(reverse("works:queue")).content.decode()
        assert "Work 10" in page


def test_the_history_costs_the_same_whatever_it_shows(
    ada: Author, django_assert_num_queries
) -> None:
    for number in (1, 3):
        for n in range(number):
            ada.set_state(ada.work(f"Work {number}{n}"), "public")
        ada.deliver()
        client = ada.client
        client.get(reverse("works:queue_history"))
        # session, user; the connection; the answers; the titles; the menu's two
        with django_assert_num_queries(7):
            page = client.get(reverse("works:queue_history")).content.decode()
        assert "Work 10" in page


def test_the_overview_counts_failures_that_need_somebody(ada: Author) -> None:
    ada.set_state(ada.work(identifiers=[]), "public")

    overview = reverse("tools:overview", args=[ada.house.member.slug])
    page = ada.house.client().get(overview).content.decode()

    assert "1 work could not be sent to an ORCID record" in page


@pytest.mark.parametrize("landing", ["home", "me:home"])
def test_a_persons_landing_pages_count_what_needs_somebody(ada: Author, landing: str) -> None:
    before = ada.client.get(reverse(landing)).content.decode()
    ada.set_state(ada.work(identifiers=[]), "public")
    ada.set_state(ada.work("Fine"), "public")

    page = ada.client.get(reverse(landing)).content.decode()
    anothers = ada.house.client().get(reverse(landing)).content.decode()

    words = "could not be sent to your ORCID record"
    assert [words in each for each in (before, page, anothers)] == [False, True, False]
    assert "1 work could not be sent to your ORCID record" in page
