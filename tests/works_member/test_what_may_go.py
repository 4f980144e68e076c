"""At the moment of sending, whatever was asked for before: who let whom, of what, and is it public (O2, O6)."""

import datetime

from django.urls import reverse
from django.utils import timezone

from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.services import queueing
from integrations.works.models import Authorship, Grant, MemberWork, WorksPolicy
from integrations.works.services import pushing
from members.models import Membership
from tests.works_member.conftest import make_house
from tests.works_member.test_pushing import Author, ada

__all__ = ["ada"]  # the fixture


def why(author: Author) -> tuple[str, str]:
    row = Delivery.objects.get(connection=author.connection)
    return row.state, row.error


def queued(author: Author) -> MemberWork:
    work = author.work()
    author.set_state(work, "public")
    return work


def test_o2_nothing_is_deleted_for_whom_the_person_no_longer_lets(ada: Author) -> None:
    """What is on the record stays, whatever the institution’s policy."""
    WorksPolicy.objects.create(member=ada.house.member, on_unpublish="delete")
    work = queued(ada)
    ada.deliver()
    ada.switch(on=False)

    ada.set_state(work, "draft")
    ada.deliver()

    assert ada.record() == ["On whales"]
    assert why(ada) == (
        "waiting",
        "The person no longer lets the institution write to the record.",
    )


def test_o6_who_leaves_has_all_deleted_also_of_whom_they_no_longer_let(ada: Author) -> None:
    queued(ada)
    ada.deliver()
    ada.switch(on=False)

    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.deliver()

    assert ada.states() == ["deleted"]
    assert Connection.objects.get().state == "ended"


def test_o2_another_switch_is_no_permission_to_push(ada: Author) -> None:
    queued(ada)
    Grant.objects.update(purpose="list")

    ada.deliver()

    assert (ada.record(), why(ada)[0]) == ([], "waiting")


def test_o2_permission_given_to_another_member_is_none(ada: Author) -> None:
    """Though the same person lets another institution push."""
    other = make_house("Elsewhere")
    queued(ada)
    Grant.objects.update(member=other.member)

    ada.deliver()

    assert (ada.record(), why(ada)[0]) == ([], "waiting")


def test_o2_nothing_goes_once_the_membership_has_ended(ada: Author) -> None:
    """Before beat has written down that the permission ended with it."""
    queued(ada)
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=1))

    ada.deliver()

    assert (ada.record(), why(ada)[0]) == ([], "waiting")


def test_what_is_public_no_more_does_not_go(ada: Author) -> None:
    queued(ada)
    MemberWork.objects.update(state="validated")

    ada.deliver()

    assert (ada.record(), why(ada)) == ([], ("waiting", "It is not public at the institution."))


def test_who_is_no_longer_an_author_gets_nothing(ada: Author) -> None:
    queued(ada)
    Authorship.objects.all().delete()

    ada.deliver()

    assert (ada.record(), why(ada)[0]) == ([], "waiting")


def test_push_all_leaves_what_the_person_decided(ada: Author) -> None:
    queued(ada)
    ada.client.post(reverse("works:queue_discard", args=[Delivery.objects.get().pk]))

    page = ada.client.post(reverse("works:push_all"), follow=True).content.decode()
    ada.deliver()

    assert (ada.record(), ada.states()) == ([], ["discarded"])
    assert "There is nothing that was not sent already." in page


def test_push_all_sends_for_nobody_whose_permission_has_ended(ada: Author) -> None:
    ada.switch(on=False)
    queued(ada)

    assert (pushing.unsent(ada.user).count(), pushing.push_all(person=ada.user)) == (0, 0)
    assert ada.states() == []


def test_switched_on_again_only_what_is_still_public_goes(ada: Author) -> None:
    work = queued(ada)
    ada.switch(on=False)
    ada.deliver()
    MemberWork.objects.filter(pk=work.pk).update(state="draft")

    ada.switch(on=True)

    assert ada.states() == ["waiting"]
