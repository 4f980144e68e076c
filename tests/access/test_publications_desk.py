"""Who keeps a member's works × every other page of the member, whatever its address takes (A1, A2)."""

from functools import partial

import pytest
from django.urls import reverse

from contacts.models import ApiToken
from integrations.works.models import Keeper
from tests.access.test_matrix import address, rolled_back, signed_in
from tests.access.test_member_works import PAGES
from tests.access.test_researchers import OF_PERSON, OF_REQUEST, pages
from tests.access.urlconf import every_view
from tests.access.world import World
from tests.api.calling import secret_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OTHERS = {
    view.name
    for view in every_view()
    if view.name.startswith("tools:") and view.arguments and view.name not in PAGES
}
DESK = "somebody on the publications desk"


def elsewhere(world: World) -> dict[str, str]:
    """Pages that the matrix of a member leaves to others, where there is something of the member's."""
    secret_for(world.user("main contact"), member=world.ours.member)
    slug, token = world.ours.member.slug, ApiToken.objects.get().pk
    of_people = dict(zip(OF_PERSON + OF_REQUEST, pages(world.ours, world), strict=True))
    return {
        **{name: place for name, place in of_people.items() if name in OTHERS},
        "tools:token_revoke": reverse("tools:token_revoke", args=[slug, token]),
        "tools:tokens": reverse("tools:tokens", args=[slug]),
        "tools:logo": reverse("tools:logo", args=[slug]),
        "tools:desk": reverse("tools:desk", args=[world.lead.slug]),
    }


def answers(world: World, who: str, place: str) -> set[int]:
    client = signed_in(world, who)
    return {rolled_back(partial(ask, place)).status_code for ask in (client.get, client.post)}


def test_a1_the_publications_desk_has_no_page_of_the_member_but_its_works(world: World) -> None:
    keeper = world.people[DESK] = make_user()
    for member in (world.ours.member, world.lead):
        Keeper.objects.create(
            member=member, orcid=str(keeper.orcid), email=f"kim@{member.slug}.example"
        )
    places = elsewhere(world)
    # Contacts and the lead find them: the keys are right. So says the matrix of all others.
    for name, place in places.items():
        who = "desk manager" if name == "tools:desk" else "main contact"
        assert not answers(world, who, place) <= {404, 405}, name
    places |= {name: address(name, world.ours) for name in OTHERS - set(places)}

    found = {name: answers(world, DESK, place) for name, place in places.items()}

    # A page that takes no GET says so whoever asks.
    assert {name: met for name, met in found.items() if not {404} <= met <= {404, 405}} == {}
