"""Help requests: asked by anyone, proved, handled by the desk, watched by the one who asked."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contacts.models import HelpRequest, Mail, Role
from contacts.services import requests
from members.actors import Actor
from members.models import Event
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.requests.conftest import Desk, ask, link_in, newest, proved

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_desk_hears_nothing_before_the_address_is_proved(client: Client, desk: Desk) -> None:
    asked = ask(client)

    assert asked
    assert asked.state == HelpRequest.State.UNPROVED
    assert [mail.kind for mail in Mail.objects.all()] == ["request_to_prove"]
    assert "Lo Ster" not in page(desk.client(desk.manager), "/lead/help-consortium/requests/")


def test_who_asks_about_their_own_data_need_not_belong_to_an_organisation(
    client: Client, desk: Desk
) -> None:
    asked = ask(client, kind="data", organisation="")
    assert asked

    client.post(link_in(newest(Mail.Kind.REQUEST_TO_PROVE)))

    # the operator's: an account is no consortium's matter
    asked.refresh_from_db()
    assert (asked.organisation, asked.consortium, asked.state) == ("", None, "escalated")


def test_who_asks_about_anything_else_names_one(client: Client, desk: Desk) -> None:
    answer = client.post("/help/request/", {"kind": "other", "organisation": ""})

    assert answer.context["form"].errors["organisation"] == ["This field is required."]
    assert not HelpRequest.objects.exists()


def test_form_knows_who_is_signed_in_and_what_they_came_for(client: Client) -> None:
    user = make_user(name="Ester Research")
    EmailAddress.objects.create(user=user, email="e@home.example", verified=True, primary=True)
    client.force_login(user)

    came = page(client, "/help/request/?kind=data")

    assert 'value="Ester Research"' in came
    assert 'value="e@home.example"' in came
    assert "you object to what is done with it?" in came
    assert "Nobody at your organisation can sign in" not in came


def test_opening_the_link_only_asks_and_pressing_sends(client: Client, desk: Desk) -> None:
    ask(client)
    link = link_in(newest(Mail.Kind.REQUEST_TO_PROVE))
    opened = page(client, link)
    unproved = HelpRequest.objects.get().proved_at

    client.post(link)

    assert "Yes, send it" in opened
    assert unproved is None
    asked = HelpRequest.objects.get()
    assert (asked.state, asked.member, asked.consortium) == ("open", desk.member, desk.consortium)
    told = newest(Mail.Kind.REQUEST_FOR_DESK)
    assert told.to == "manager@lead.example"
    assert "Lo Ster (lo@lost.example) asks for help" in " ".join(told.text.split())
    assert newest(Mail.Kind.REQUEST_RECEIVED).to == "lo@lost.example"


def test_the_members_own_history_does_not_name_who_asked(client: Client, desk: Desk) -> None:
    main = make_contact(desk.member, [Role.MAIN])
    proved(client, text="I have a complaint about your Main.")

    history = page(desk.client(make_user(main.orcid)), f"/tools/{desk.member.slug}/history/")

    assert "Help" in history
    assert "Lo Ster" not in history
    assert "lo@lost.example" not in history


def test_proving_twice_changes_nothing(client: Client, desk: Desk) -> None:
    proved(client)
    count = Mail.objects.count()

    client.post(link_in(newest(Mail.Kind.REQUEST_TO_PROVE)))

    assert Mail.objects.count() == count


def test_a8_the_answer_is_the_same_whether_the_address_is_known_here(
    client: Client, desk: Desk
) -> None:
    known = make_contact(desk.member, email="known@lost.example")
    data = {"kind": "other", "organisation": "x", "name": "N", "text": "T"}

    first = client.post("/help/request/", {**data, "email": known.email}).content.decode()
    second = client.post("/help/request/", {**data, "email": "new@lost.example"}).content.decode()

    assert first.replace(known.email, "") == second.replace("new@lost.example", "")


def test_a_link_that_is_not_ours_is_dead(client: Client, desk: Desk) -> None:
    answer = client.get("/help/request/something:else/")

    page = answer.content.decode()
    assert answer.status_code == 410
    assert "This link is not complete" in page
    assert 'href="/help/request/"' in page
    assert "the address is still to be changed" not in page


def test_many_requests_from_one_address_are_stopped(client: Client, desk: Desk) -> None:
    for _attempt in range(6):
        ask(client)

    assert HelpRequest.objects.count() == 5


def test_a8_nobody_can_tell_that_others_have_asked_from_an_address(
    client: Client, desk: Desk
) -> None:
    data = {"kind": "other", "organisation": "x", "name": "N", "text": "T", "email": "a@b.example"}

    answers = [client.post("/help/request/", data).content for _attempt in range(6)]

    assert len(set(answers)) == 1
    assert HelpRequest.objects.count() == 5


def test_a_mail_to_an_address_not_proved_holds_nothing_that_was_typed(
    client: Client, desk: Desk
) -> None:
    ask(client, name="A\n\nYour account is closed: https://evil.example", organisation="Evil")

    mail = newest(Mail.Kind.REQUEST_TO_PROVE)
    assert "vil" not in mail.text + mail.html + mail.subject
    assert HelpRequest.objects.get().name == "A Your account is closed: https://evil.example"


def test_many_requests_from_one_network_are_stopped(client: Client, desk: Desk) -> None:
    for number in range(21):
        ask(client, email=f"victim{number}@lost.example")

    assert HelpRequest.objects.count() == 20


def test_the_one_who_asked_cannot_flood_the_desk(client: Client, desk: Desk) -> None:
    asked = proved(client)
    status = link_in(newest(Mail.Kind.REQUEST_RECEIVED))

    for number in range(21):
        answer = client.post(status, {"text": f"And {number}"})

    assert "or go on in 24 hours." in answer.content.decode()
    assert asked.messages.filter(text__startswith="And").count() == 20


def test_the_asker_sees_every_step_and_gets_mail(client: Client, desk: Desk) -> None:
    asked = proved(client)
    manager = desk.client(desk.manager)
    address = reverse("lead:request", args=["help-consortium", asked.pk])

    manager.post(address, {"state": "answered", "text": "Who is your new librarian?"})
    status = link_in(newest(Mail.Kind.REQUEST_CHANGED))
    answered = page(client, status)
    client.post(status, {"text": "Ms New."})
    asked.refresh_from_db()
    again_open = asked.state
    manager.post(address, {"state": "declined", "text": "Not your role."})

    assert "Who is your new librarian?" in answered
    assert again_open == "open"
    told = newest(Mail.Kind.REQUEST_CHANGED)
    assert (told.to, told.subject) == ("lo@lost.example", "Your help request: Declined")
    assert "Not your role." in told.text
    closed = page(client, status)
    assert "Ms New." in closed
    assert "This request is closed." in closed


def test_declining_needs_a_reason(client: Client, desk: Desk) -> None:
    asked = proved(client)
    address = reverse("lead:request", args=["help-consortium", asked.pk])

    answer = desk.client(desk.manager).post(address, {"state": "declined", "text": " "})

    assert "Say why: the one who asked reads it." in answer.content.decode()
    asked.refresh_from_db()
    assert asked.closed_at is None


def test_escalating_tells_the_operator_who_acts_in_the_admin(client: Client, desk: Desk) -> None:
    asked = proved(client)
    address = reverse("lead:request", args=["help-consortium", asked.pk])
    desk.client(desk.manager).post(address, {"state": "escalated", "text": "Please check."})
    operator = make_user(orcid=None, email="o@p.example", is_staff=True, is_superuser=True)

    desk.client(operator).post(
        reverse("admin:contacts_helprequest_operation", args=[asked.pk, "handle"]),
        {"state": "resolved", "text": "Done."},
    )

    told = newest(Mail.Kind.REQUEST_FOR_DESK, to="helpdesk@portal.example")
    assert told.subject == "Passed on to you: help request of Lo Ster"
    asked.refresh_from_db()
    assert asked.state == "resolved"
    event = Event.objects.filter(kind="request_changed").latest("pk")
    assert (event.capacity, event.changes["state"]) == ("operator", "resolved")


def test_a4_readers_see_the_queue_and_answer_nothing(client: Client, desk: Desk) -> None:
    asked = proved(client)
    address = reverse("lead:request", args=["help-consortium", asked.pk])
    reader = desk.client(desk.reader)

    assert "lost.example" in page(reader, address)
    assert reader.post(address, {"state": "resolved"}).status_code == 403


def test_a4_what_belongs_to_no_consortium_is_the_operators(desk: Desk) -> None:
    asked = HelpRequest.objects.create(
        kind="other",
        name="X",
        email="x@y.example",
        state="escalated",
        proved_at="2026-01-01T00:00Z",
    )
    step: dict[str, Any] = {"request_id": asked.pk, "state": HelpRequest.State.RESOLVED, "text": ""}

    with pytest.raises(PermissionDenied):
        requests.handle(**step, by=Actor.lead(desk.manager))

    asked.refresh_from_db()
    assert asked.closed_at is None


def test_nothing_is_added_before_the_address_is_proved(client: Client, desk: Desk) -> None:
    asked = ask(client)
    assert asked

    with pytest.raises(ValidationError):
        requests.reply(token=requests.token_of(asked), text="Me again.")

    assert not Mail.objects.filter(kind=Mail.Kind.REQUEST_FOR_DESK).exists()


def test_requests_of_another_consortium_are_not_there(client: Client, desk: Desk) -> None:
    other = make_consortium("Other")
    foreign = HelpRequest.objects.create(
        consortium=other, kind="other", name="X", email="x@y.example", state="open",
        proved_at="2026-01-01T00:00Z",
    )  # fmt: skip

    answer = desk.client(desk.manager).get(
        reverse("lead:request", args=["help-consortium", foreign.pk])
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(
    client: Client,
    desk: Desk,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in range(number):
        member = make_member(f"Lost {count}", consortium=desk.consortium)
        make_contact(member, [Role.MAIN])
        HelpRequest.objects.create(
            consortium=desk.consortium, member=member, kind="other", name=f"N{count}",
            email="x@y.example", state="open", proved_at="2026-01-01T00:00Z",
        )  # fmt: skip
    manager = desk.client(desk.manager)

    # Session, user, desk, count, rows, recoveries; the menu: own members, desks.
    with django_assert_num_queries(8):
        shown = page(manager, "/lead/help-consortium/requests/")

    assert shown.count(f"N{number - 1}") >= 1
