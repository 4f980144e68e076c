"""Pages about one researcher, or one request to one, × everybody (A1–A3, O2, O7)."""

import pytest
from django.urls import reverse

from integrations.works.models import Grant, PermissionRequest
from integrations.works.services import asking
from members.actors import Actor
from tests.access.test_matrix import BLIND, DESK, INSIDE, signed_in
from tests.access.world import Side, World
from tests.factories import make_grant, make_user, make_work

pytestmark = pytest.mark.django_db
OF_PERSON = ["tools:researcher", "tools:researcher_left"]
OF_REQUEST = ["tools:permission_resend", "tools:permission_withdraw"]
EVERYBODY = ["anonymous", *BLIND, *DESK, *INSIDE]
# Each page by GET, then by POST.
EXPECTED = {
    "anonymous": [302] * 6,
    **{who: [404, 405, 404, 404, 404, 404] for who in BLIND},
    **{who: [200, 405, 403, 403, 403, 403] for who in DESK},
}


def pages(side: Side, world: World) -> list[str]:
    person = make_user()
    make_grant(person, side.member, "list")
    make_work(person)
    by = Actor.contact(world.user("contact"))
    if side is world.theirs:
        by = Actor.contact(world.user("contact of another member"))
    asked = asking.ask(member_id=side.member.pk, emails=["r@our.example"], purposes=["push"], by=by)
    slug = side.member.slug
    return [
        *(reverse(name, args=[slug, person.orcid]) for name in OF_PERSON),
        *(reverse(name, args=[slug, asked.sent[0].pk]) for name in OF_REQUEST),
    ]


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in INSIDE])
def test_a1_a3_nobody_from_outside_does_anything_there(world: World, who: str) -> None:
    works, left, resend, withdraw = pages(world.ours, world)
    client = signed_in(world, who)

    answers = [
        client.get(works).status_code, client.post(works).status_code,
        client.get(left).status_code, client.post(left).status_code,
        client.post(resend).status_code, client.post(withdraw).status_code,
    ]  # fmt: skip

    assert answers == EXPECTED[who]
    assert Grant.objects.current().count() == 1
    assert PermissionRequest.objects.open().count() == 1


@pytest.mark.parametrize("who", INSIDE)
def test_a2_contacts_look_after_their_own_researchers(world: World, who: str) -> None:
    works, left, resend, withdraw = pages(world.ours, world)
    client = signed_in(world, who)

    answers = [
        client.get(works).status_code, client.get(left).status_code,
        client.post(resend).status_code, client.post(withdraw).status_code,
        client.post(left).status_code,
    ]  # fmt: skip

    assert answers == [200, 200, 302, 302, 302]
    assert (Grant.objects.current().count(), PermissionRequest.objects.open().count()) == (0, 0)


@pytest.mark.parametrize("who", INSIDE)
def test_a2_another_members_researcher_or_request_under_ones_own_address_is_404(
    world: World, who: str
) -> None:
    theirs, ours = world.theirs.member.slug, world.ours.member.slug
    works, left, *of_request = (
        page.replace(f"/{theirs}/", f"/{ours}/") for page in pages(world.theirs, world)
    )
    client = signed_in(world, who)

    answers = [client.get(works), client.get(left), client.post(left)]
    answers += [client.post(page) for page in of_request]

    assert {answer.status_code for answer in answers} == {404}
    assert Grant.objects.current().count() == 1
