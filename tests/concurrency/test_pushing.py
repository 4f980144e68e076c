"""A person connects while their institution publishes: neither keeps the other waiting for ever."""

import pytest
from django.db import connection, transaction

from integrations.orcid import connections
from integrations.push import sources
from integrations.push.models import Delivery, Lane
from integrations.push.services import lanes, queueing
from integrations.works.models import Grant
from integrations.works.services import pushing
from members.models import Member
from tests.concurrency.test_races import Behind
from tests.factories import make_connection, make_consortium, make_member, make_user
from tests.push.shelf import Shelf
from tests.works_member.conftest import by, make_member_work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]


def test_publishing_and_connecting_at_once_do_not_lock_each_other_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who queues holds the lane, and stores rows that name the connection; who connects holds the
    connection, and takes up the lane."""
    monkeypatch.setattr(sources, "_registered", {"work": Shelf()})
    member, made = make_member(), make_connection(str(make_user().orcid), state="closed")
    opening = Behind(lambda: connections.note_look(orcid=made.orcid, is_open=True))

    with transaction.atomic():
        lanes.locked(made.pk)
        opening.start_and_wait_until_blocked()
        queueing.queue(connection_id=made.pk, section="work", item_ids=[1], member_id=member.pk)
    opening.join(10)

    assert opening.outcome is None
    assert Delivery.objects.get().state == "queued"


def test_push_all_and_publishing_at_once_do_not_lock_each_other_out() -> None:
    """Both take the member first, the lane after it."""
    member, ada = make_member(consortium=make_consortium()), make_user(name="Ada Lovelace")
    made = make_connection(str(ada.orcid))
    Lane.objects.create(connection=made)
    Grant.objects.create(person=ada, member=member, purpose="push")
    work = make_member_work(member, contributors=by(ada), state="public")
    pressing = Behind(lambda: pushing.push_all(person=ada))

    with transaction.atomic():
        Member.objects.lock(member.pk)
        pressing.start_and_wait_until_blocked()
        pushing.send([work.pk])
    pressing.join(10)

    assert isinstance(pressing.outcome, int), pressing.outcome
    assert Delivery.objects.get().state == "queued"
