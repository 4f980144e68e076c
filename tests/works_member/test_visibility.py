"""Who sees at ORCID what was pushed (O7): told to the person alone, and never asked to be changed."""

import pytest
from django.conf import settings
from django.urls import reverse

from contacts.services import runs
from integrations.push.models import Delivery
from integrations.works.services import refreshing
from members.actors import Actor
from tests.factories import make_work
from tests.sandbox_server import SandboxServer
from tests.works.record import work
from tests.works_member.conftest import House
from tests.works_member.test_pushing import Author, make_author

LIMITED = "At ORCID only trusted parties see it, so other systems do not pick it up from there."
PRIVATE = "At ORCID only you see it, so other systems do not pick it up from there."


@pytest.fixture
def ada(house: House, orcid: SandboxServer) -> Author:
    """New items on her record are for trusted parties."""
    return make_author(house, orcid, default_visibility="limited")


def on_my_record(ada: Author) -> str:
    return ada.client.get(f"{reverse('works:queue')}?show=there").content.decode()


def test_the_person_is_told_that_others_do_not_pick_it_up(ada: Author) -> None:
    pushed = ada.work()
    ada.set_state(pushed, "public")
    ada.deliver()

    mine = on_my_record(ada)
    staff = ada.house.client().get(ada.house.url("work", pushed.pk)).content.decode()

    assert LIMITED in mine
    assert "That is your choice: nothing needs to be changed." in mine
    assert ("On the ORCID record" in staff, "trusted parties" in staff) == (True, False)


@pytest.mark.parametrize(("visibility", "said"), [("public", ""), ("private", PRIVATE)])
def test_what_is_changed_at_orcid_is_told_when_the_record_is_next_read(
    ada: Author, visibility: str, said: str
) -> None:
    ada.set_state(ada.work(), "public")
    ada.deliver()
    code = Delivery.objects.values_list("put_code", flat=True).get()
    source = {"source-client-id": {"path": settings.ORCID_CLIENT_ID}}
    turned = work("On whales", put_code=code, visibility=visibility, source=source)
    ada.sandbox.add_works(str(ada.user.orcid), [turned])

    runs.perform(run_id=refreshing.sync(by=Actor.contact(ada.user)).pk)
    page = on_my_record(ada)

    assert (LIMITED in page, PRIVATE in page) == (False, bool(said))
    assert "other systems" in page if said else "other systems" not in page


@pytest.mark.parametrize(("visibility", "said"), [("limited", LIMITED), ("private", PRIVATE)])
def test_the_same_is_said_of_a_work_in_ones_own_list(
    ada: Author, visibility: str, said: str
) -> None:
    mine = make_work(ada.user, "Mine", visibility=visibility)
    seen_by_all = make_work(ada.user, "For all")

    pages = [
        ada.client.get(reverse("works:edit", args=[one.pk])).content.decode()
        for one in (mine, seen_by_all)
    ]

    assert [said in page for page in pages] == [True, False]
