"""A person's publications × everybody else: what is somebody else's is 404 or not there (A1, O7)."""

import pytest
from django.urls import reverse

from contacts.models import Run
from tests.access.test_matrix import BLIND, DESK, INSIDE, signed_in
from tests.access.urlconf import every_view
from tests.access.world import World, make_world
from tests.admin.operator import operator_client
from tests.factories import make_user, make_work

pytestmark = pytest.mark.django_db
EVERYBODY = [*BLIND, *DESK, *INSIDE]
OF_ONE = [
    view for view in every_view() if view.name.startswith("works:") and "pk" in view.arguments
]


@pytest.fixture
def world() -> World:
    return make_world()


def test_some_pages_are_about_one_work() -> None:
    assert OF_ONE


@pytest.mark.parametrize("who", EVERYBODY)
def test_a1_somebody_elses_work_or_run_is_not_there(world: World, who: str) -> None:
    owner = make_user()
    work = make_work(owner, visibility="limited", left_orcid_at=None)
    run = Run.objects.create(kind="works_import", state="draft", started_by=owner)
    client = signed_in(world, who)

    for view in OF_ONE:
        key = run.pk if "import" in view.name else work.pk
        address = reverse(view.name, kwargs={"pk": key})
        answers = {client.get(address).status_code, client.post(address).status_code}
        # A page that takes no GET says so whoever asks.
        assert answers in ({404}, {404, 405}), view.name

    work.refresh_from_db()
    assert (work.hidden_at, Run.objects.filter(pk=run.pk).count()) == (None, 1)


@pytest.mark.parametrize("who", EVERYBODY)
def test_o7_everybodys_list_is_their_own(world: World, who: str) -> None:
    make_work(make_user(), "Somebody else’s")
    if mine := world.people[who]:
        make_work(mine, "My own")

    content = signed_in(world, who).get(reverse("works:publications")).content.decode()

    assert ("Somebody else’s" in content, "My own" in content) == (False, True)


def test_o7_the_operator_sees_no_work_that_is_not_public() -> None:
    make_work(make_user(), "For trusted parties", visibility="limited")
    make_work(make_user(), "For everyone")

    content = operator_client().get(reverse("admin:works_work_changelist")).content.decode()

    assert ("For trusted parties" in content, "For everyone" in content) == (False, True)
