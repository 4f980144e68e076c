"""Another room pushes another section to the same record: the outbox needs no change, nor do works (ADR 72)."""

import pytest
from django.urls import reverse

from integrations.orcid.models import Connection
from integrations.push import sources
from integrations.push.models import Delivery
from integrations.push.services import queueing
from integrations.works.push_source import MemberWorks
from tests.push.shelf import Shelf, employment
from tests.works_member.test_pushing import Author, ada

__all__ = ["ada"]  # the fixture


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A room with one employment, beside that of works as it is."""
    shelf = Shelf()
    shelf.items[1] = employment("Mathematics")
    monkeypatch.setattr(sources, "_registered", {"work": MemberWorks(), "employment": shelf})
    return shelf


def queue_post(ada: Author) -> None:
    queueing.queue(
        connection_id=ada.connection.pk,
        section="employment",
        item_ids=[1],
        member_id=ada.house.member.pk,
    )


def posts_there(ada: Author) -> list[str]:
    """As anybody reads them."""
    url = f"{ada.sandbox.public_api_url}/{ada.user.orcid}/employments"
    answer = ada.sandbox.http.get(url, headers={"Accept": "application/json"}).raise_for_status()
    return [
        summary["employment-summary"]["department-name"]
        for group in answer.json()["affiliation-group"]
        for summary in group["summaries"]
    ]


def test_both_rooms_items_go_in_one_turn(ada: Author, posts: Shelf) -> None:
    ada.set_state(ada.work(), "public")
    queue_post(ada)

    ada.deliver()

    assert (ada.record(), posts_there(ada)) == (["On whales"], ["Mathematics"])
    assert ada.states() == ["in_orcid", "in_orcid"]


def test_what_one_room_keeps_back_does_not_hold_up_the_other(ada: Author, posts: Shelf) -> None:
    posts.kept_back[1] = "Not theirs."
    ada.set_state(ada.work(), "public")
    queue_post(ada)

    ada.deliver()

    assert (ada.record(), posts_there(ada)) == (["On whales"], [])
    assert ada.states() == ["in_orcid", "waiting"]


def test_o6_a_person_who_leaves_has_both_rooms_items_deleted(ada: Author, posts: Shelf) -> None:
    ada.set_state(ada.work(), "public")
    queue_post(ada)
    ada.deliver()
    posts.kept_back[1] = "No longer theirs."
    ada.switch(on=False)

    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.deliver()

    assert (posts_there(ada), ada.states()) == ([], ["deleted", "deleted"])
    assert Connection.objects.get().state == "ended"


def test_pages_about_works_count_and_list_works_alone(ada: Author, posts: Shelf) -> None:
    ada.set_state(ada.work("Whales without a DOI", identifiers=[]), "public")
    queue_post(ada)
    Delivery.objects.update(state="failed", error_code="9046")

    overview = reverse("tools:overview", args=[ada.house.member.slug])
    pages = [ada.house.client().get(overview), ada.client.get(reverse("me:home"))]
    queue = ada.client.get(reverse("works:queue")).context

    for page in pages:
        assert "1 work could not be sent" in page.content.decode()
    assert [row["title"] for row in queue["rows"]] == ["Whales without a DOI"]
