"""A member asks people for permission by mail, and sees how it stands (O2, H6, H7)."""

import datetime
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contacts.models import Mail, Role
from contacts.services.invitations import token_hash
from integrations.works import tasks
from integrations.works.models import PermissionRequest
from integrations.works.services import asking
from members.actors import Actor
from members.models import Consortium, EmailDomain, Event, Member
from tests.factories import make_contact, make_grant, make_member, make_user
from tests.works_grants.conftest import Person, signed_in

FORM = {
    "emails": "ada@uni.example\nbo@uni.example",
    "purposes": ["push", "list"],
    "words": "Liebe Kollegin,\nbitte hilf uns.",
    "language": "de",
}


def ask_url(member: Member) -> str:
    return f"/tools/{member.slug}/researchers/ask/"


def asked_url(member: Member) -> str:
    return f"/tools/{member.slug}/researchers/asked/"


def ask(staff: Person, member: Member, **form: object) -> str:
    return staff.presses(ask_url(member), **{**FORM, "send": "1", **form})


def mails() -> list[Mail]:
    return list(Mail.objects.filter(kind="permission_asked").order_by("pk"))


def link_in(mail: Mail) -> str:
    found = re.search(r"/permissions/\S+/", mail.text)
    assert found
    return found[0]


def test_the_mail_is_looked_at_before_it_goes(staff: Person, uni: Member) -> None:
    said = staff.presses(ask_url(uni), **FORM)

    assert "Liebe Kollegin, bitte hilf uns." in said
    assert "Mai North asks you, for Alpha University, to allow:" in said
    assert "Push the institution’s public works to my record" in said
    assert "You never have to change who sees your works at ORCID" in said
    assert (mails(), PermissionRequest.objects.count()) == ([], 0)


def test_back_from_the_mail_nothing_typed_is_lost(staff: Person, uni: Member) -> None:
    content = staff.client.post(ask_url(uni), {**FORM, "change": "1"}).content.decode()

    assert "bitte hilf uns." in content
    assert "bo@uni.example" in content
    assert not mails()


def test_one_mail_for_each_person_in_the_institutions_words_and_language(
    staff: Person, uni: Member
) -> None:
    said = ask(staff, uni, emails="ada@uni.example, ADA@uni.example\nbo@uni.example")

    assert "2 people are asked by mail." in said
    assert [mail.to for mail in mails()] == ["ada@uni.example", "bo@uni.example"]
    assert (
        '<div dir="auto" lang="de"><p>Liebe Kollegin,<br>bitte hilf uns.</p></div>'
        in mails()[0].html
    )
    assert "gave us your e-mail address to ask you this" in mails()[0].text
    assert len({link_in(mail) for mail in mails()}) == 2


def test_only_the_hash_of_a_long_token_is_stored(staff: Person, uni: Member) -> None:
    ask(staff, uni, emails="ada@uni.example")

    token = link_in(mails()[0]).split("/")[2]
    row = PermissionRequest.objects.get()
    assert len(token) >= 43  # 256 bits
    assert row.token_hash == token_hash(token)
    assert token not in str(row.__dict__)


def test_h1_each_is_an_event_with_the_address_apart(staff: Person, uni: Member) -> None:
    ask(staff, uni)

    found = Event.objects.filter(kind="permission_asked").order_by("pk")
    assert [event.personal for event in found] == [
        {"email": "ada@uni.example"},
        {"email": "bo@uni.example"},
    ]
    assert found[0].actor == staff.user
    assert "uni.example" not in str(found[0].changes)


def test_whoever_was_asked_or_has_given_it_gets_no_further_mail(staff: Person, uni: Member) -> None:
    cy = make_user(name="Cy")
    EmailAddress.objects.create(user=cy, email="cy@uni.example", verified=True)
    for purpose in ("push", "list"):
        make_grant(cy, uni, purpose)
    ask(staff, uni, emails="ada@uni.example")

    said = ask(staff, uni, emails="ada@uni.example\ncy@uni.example\nbo@uni.example")

    assert "Not asked: ada@uni.example has been asked already" in said
    assert "Not asked: cy@uni.example has given all of it already" in said
    assert [mail.to for mail in mails()] == ["ada@uni.example", "bo@uni.example"]


def test_two_addresses_of_one_person_get_one_mail(staff: Person, uni: Member) -> None:
    ada = make_user()
    for email in ("ada@uni.example", "lovelace@uni.example"):
        EmailAddress.objects.create(user=ada, email=email, verified=True)

    ask(staff, uni, emails="ada@uni.example\nlovelace@uni.example")

    assert [mail.to for mail in mails()] == ["ada@uni.example"]


def test_a8_staff_read_who_it_is_only_after_the_answer(staff: Person, uni: Member) -> None:
    ada = make_user(name="Ada Lovelace")
    EmailAddress.objects.create(user=ada, email="ada@uni.example", verified=True)
    ask(staff, uni, emails="ada@uni.example")

    assert PermissionRequest.objects.get().person == ada
    said = staff.reads(asked_url(uni))
    assert "ada@uni.example Waiting for an answer" in said
    assert "Lovelace" not in said


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"emails": "ada@uni.example\nnot an address"}, "Not an e-mail address: not, an, address."),
        ({"emails": "\n".join(f"p{n}@uni.example" for n in range(101))}, "At most 100 addresses"),
        ({"purposes": []}, "This field is required."),
        ({"purposes": ["everything"]}, "is not one of the available choices"),
    ],
)
def test_what_makes_no_sense_is_said_beside_it(
    staff: Person, uni: Member, form: dict[str, Any], expected: str
) -> None:
    assert expected in ask(staff, uni, **form)
    assert not mails()


def test_addresses_outside_the_domains_are_pointed_out(staff: Person, uni: Member) -> None:
    EmailDomain.objects.create(member=uni, domain="uni.example")

    said = staff.presses(ask_url(uni), **{**FORM, "emails": "ada@uni.example\nbo@else.example"})

    assert "Outside your e-mail domains bo@else.example" in said


def test_a_day_has_only_so_many_mails(staff: Person, uni: Member, settings) -> None:
    settings.ASKS_PER_MEMBER_PER_DAY = 2
    ask(staff, uni)

    said = ask(staff, uni, emails="cy@uni.example")

    assert "more such mails within a day than are sent. Please go on in 24 hours." in said
    assert len(mails()) == 2


def test_o2_only_the_members_own_contacts_ask(uni: Member, consortium: Consortium) -> None:
    lead = make_member("Lead", consortium)
    consortium.lead = lead
    consortium.save()
    main = make_user(make_contact(lead, [Role.MAIN]).orcid)
    desk = signed_in(main)

    assert desk.client.post(ask_url(uni), {**FORM, "send": 1}).status_code == 403
    for by in (Actor.lead(main), Actor.operator(main), Actor.contact(main), Actor.system()):
        with pytest.raises(PermissionDenied):
            asking.ask(member_id=uni.pk, emails=["a@b.example"], purposes=["push"], by=by)
    assert not PermissionRequest.objects.exists()


def test_sent_again_the_old_link_dies(staff: Person, uni: Member) -> None:
    ask(staff, uni, emails="ada@uni.example")
    old = link_in(mails()[0])
    row = PermissionRequest.objects.get()

    staff.presses(f"{asked_url(uni)}{row.pk}/resend/")

    new = link_in(mails()[1])
    assert staff.client.get(old).status_code == 404
    assert staff.client.get(new).status_code == 200
    assert mails()[0].state == "withdrawn"


def test_withdrawn_the_link_says_so(staff: Person, uni: Member) -> None:
    ask(staff, uni, emails="ada@uni.example")
    link = link_in(mails()[0])

    said = staff.presses(f"{asked_url(uni)}{PermissionRequest.objects.get().pk}/withdraw/")

    assert "ada@uni.example Withdrawn" in said
    assert "The institution has taken the request back." in staff.reads(link)
    assert Event.objects.filter(kind="permission_unasked").count() == 1


def test_who_does_not_answer_is_reminded_once(staff: Person, uni: Member) -> None:
    ask(staff, uni, emails="ada@uni.example")
    passes(days=11)

    for _day in range(2):
        tasks.remind_researchers()
        passes(days=11)

    assert len(mails()) == 2
    assert mails()[1].subject.startswith("Reminder: Alpha University asks")
    assert "reminded" in staff.reads(asked_url(uni))


@pytest.mark.parametrize("why", ["said no", "withdrawn", "not long ago", "no longer a member"])
def test_nobody_else_is_reminded(staff: Person, uni: Member, why: str) -> None:
    ask(staff, uni, emails="ada@uni.example")
    if why != "not long ago":
        passes(days=11)
    match why:
        case "said no":
            staff.client.post(link_in(mails()[0]), {"answer": "deny"})
        case "withdrawn":
            staff.presses(f"{asked_url(uni)}{PermissionRequest.objects.get().pk}/withdraw/")
        case "no longer a member":
            uni.memberships.update(end=timezone.localdate() - datetime.timedelta(days=1))

    tasks.remind_researchers()

    assert len(mails()) == 1


def test_who_said_no_can_be_asked_again(staff: Person, uni: Member) -> None:
    ask(staff, uni, emails="ada@uni.example")
    staff.client.post(link_in(mails()[0]), {"answer": "deny"})
    row = PermissionRequest.objects.get()

    before = staff.reads(asked_url(uni))
    staff.presses(f"{asked_url(uni)}{row.pk}/resend/")

    assert "ada@uni.example Said no" in before
    assert "ada@uni.example Waiting for an answer" in staff.reads(asked_url(uni))
    assert len(mails()) == 2


def test_h7_addresses_of_requests_that_are_over_are_forgotten(
    staff: Person, uni: Member, settings
) -> None:
    ask(staff, uni)
    done, _open = PermissionRequest.objects.order_by("pk")
    staff.presses(f"{asked_url(uni)}{done.pk}/withdraw/")
    settings.RETAIN_DEAD_INVITATIONS_DAYS = 0

    tasks.forget_permissions()

    assert [row.email for row in PermissionRequest.objects.all()] == ["bo@uni.example"]
    named = Event.objects.filter(kind__startswith="permission_", personal__isnull=False)
    assert [event.personal for event in named] == [{"email": "bo@uni.example"}]
    assert Event.objects.get(kind="erased").changes["permission_requests"] == [done.pk]


def test_as_many_queries_with_one_request_as_with_three(
    staff: Person, uni: Member, django_assert_max_num_queries
) -> None:
    counts = []
    for emails in ("a@uni.example", "b@uni.example\nc@uni.example"):
        ask(staff, uni, emails=emails)
        with django_assert_max_num_queries(40) as seen:
            staff.client.get(asked_url(uni))
        counts.append(len(seen))

    assert counts[0] == counts[1]


def passes(*, days: int) -> None:
    """Time, for the requests."""
    for row in PermissionRequest.objects.all():
        row.sent_at -= datetime.timedelta(days=days)
        row.save()
