"""The information page: what a contact may change, and how it is kept (formats.md section 1)."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from members.actors import Actor
from members.models import Consortium, Event, Member
from members.services.information import edit_information
from tests.factories import make_contact, make_member, make_user
from tests.members.people import contact_of, desk_reader, errors, last_event, signed_in
from tests.reading import said


def url(member: Member) -> str:
    return f"/tools/{member.slug}/information/"


def typed(member: Member, **fields: Any) -> dict[str, Any]:
    """What a browser sends when the page is filled in like this."""
    now = {
        "version": member.version,
        "display_name": member.display_name,
        "website": member.website,
        "public_email": member.public_email,
        "description": member.description,
        "community": member.community,
        "country": str(member.country),
        "street": member.street,
        "city": member.city,
        "region": member.region,
        "postal_code": member.postal_code,
        "trademark_permission": member.trademark_permission,
    }
    return now | fields


def test_a_contact_saves_every_field_and_is_told(member: Member) -> None:
    new = {
        "display_name": "Ambridge",
        "website": "https://ambridge.example/home",
        "public_email": "library@ambridge.example",
        "description": "Since *1850*.\n\n- farming",
        "community": "funder",
        "country": "IE",
        "street": "1 Green",
        "city": "Ambridge",
        "region": "Borsetshire",
        "postal_code": "AM1 1AA",
    }

    response = contact_of(member).post(url(member), typed(member, **new), follow=True)

    assert said(response) == ["The information is saved."]
    stored = Member.objects.filter(pk=member.pk).values(*new).get()
    assert stored == new


def test_the_change_is_one_event_with_old_and_new(member: Member) -> None:
    contact = make_contact(member)

    signed_in(contact).post(url(member), typed(member, city="Ambridge", website="ambridge.example"))

    event = last_event(member)
    assert event.kind == Event.Kind.INFORMATION_CHANGED
    assert event.changes == {
        "fields": {"city": ["", "Ambridge"], "website": ["", "https://ambridge.example"]},
        "member_version": 2,
    }
    assert event.personal is None
    assert event.capacity == Event.Capacity.CONTACT
    assert event.actor
    assert event.actor.orcid == contact.orcid


def test_the_public_address_stands_where_erasure_can_empty_it(member: Member) -> None:
    contact_of(member).post(url(member), typed(member, public_email="ada@ambridge.example"))

    event = last_event(member)
    assert event.changes["fields"] == {"public_email": None}
    assert event.personal == {"public_email": ["", "ada@ambridge.example"]}


def test_saving_without_a_difference_writes_nothing(member: Member) -> None:
    response = contact_of(member).post(url(member), typed(member), follow=True)

    assert said(response) == ["Nothing was different, so nothing was changed."]
    assert list(member.events.all()) == []
    assert Member.objects.get(pk=member.pk).version == 1


def test_a_change_whose_event_fails_is_not_saved(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*events: Event) -> None:
        raise RuntimeError("no event")

    client = contact_of(member)
    monkeypatch.setattr(Event, "append", fail)

    with pytest.raises(RuntimeError, match="no event"):
        client.post(url(member), typed(member, city="Ambridge"))

    stored = Member.objects.get(pk=member.pk)
    assert (stored.city, stored.version) == ("", 1)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("uni.example", "https://uni.example"),
        ("http://uni.example/a?b=c", "http://uni.example/a?b=c"),
        ("uni.example:8080/x", "https://uni.example:8080/x"),
        ("  https://uni.example  ", "https://uni.example"),
        ("", ""),
    ],
)
def test_a_website_is_completed_and_may_be_cleared(member: Member, given: str, stored: str) -> None:
    member.website = "https://before.example"
    member.save()

    contact_of(member).post(url(member), typed(member, website=given))

    assert Member.objects.get(pk=member.pk).website == stored


WEBSITE = "This is not the address of a website. Write it like https://www.uni.example."


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("display_name", "  ", "This field is required."),
        (
            "display_name",
            "x" * 256,
            "Ensure this value has at most 255 characters (it has 256).",
        ),
        ("website", "javascript:alert(1)", WEBSITE),
        ("website", "ftp://uni.example", WEBSITE),
        ("website", "https://orcid.org@evil.example/", WEBSITE),
        ("website", "not a site", WEBSITE),
        ("website", "https://[broken", WEBSITE),
        ("public_email", "nobody", "Enter a valid email address."),
        (
            "description",
            "x" * 5001,
            "Ensure this value has at most 5000 characters (it has 5001).",
        ),
        ("description", "a\x00b", "Null characters are not allowed."),
        ("community", "guild", "Select a valid choice. guild is not one of the available choices."),
        ("country", "XX", "Select a valid choice. XX is not one of the available choices."),
        ("city", "x" * 41, "Ensure this value has at most 40 characters (it has 41)."),
        ("postal_code", "x" * 21, "Ensure this value has at most 20 characters (it has 21)."),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_saved(
    member: Member, field: str, value: str, message: str
) -> None:
    response = contact_of(member).post(url(member), typed(member, **{field: value}))

    assert errors(response) == {field: [message]}
    assert Member.objects.get(pk=member.pk).version == 1


def test_a_line_end_counts_as_one_character(member: Member) -> None:
    text = "\r\n".join(["a"] * 2500)

    contact_of(member).post(url(member), typed(member, description=text))

    assert Member.objects.get(pk=member.pk).description == "\n".join(["a"] * 2500)


def test_a_contact_cannot_change_the_legal_name(member: Member) -> None:
    contact_of(member).post(url(member), typed(member, legal_name="Ambridge Ltd", city="Ambridge"))

    stored = Member.objects.get(pk=member.pk)
    assert (stored.legal_name, stored.city) == ("University of Ambridge", "Ambridge")


def test_the_service_gives_the_legal_name_to_the_operator_alone(member: Member) -> None:
    contact = make_contact(member)
    user = make_user(orcid=contact.orcid)
    new: dict[str, Any] = {"member_id": member.pk, "version": 1, "legal_name": "Ambridge Ltd"}

    with pytest.raises(PermissionDenied):
        edit_information(**new, by=Actor.contact(user))
    edit_information(**new, by=Actor.operator(make_user(orcid=None)))

    assert Member.objects.get(pk=member.pk).legal_name == "Ambridge Ltd"
    assert last_event(member).capacity == Event.Capacity.OPERATOR


def test_the_service_checks_for_every_caller(member: Member) -> None:
    operator = Actor.operator(make_user(orcid=None))

    with pytest.raises(ValidationError) as refused:
        edit_information(member_id=member.pk, version=1, by=operator, legal_name=" ", website="x y")

    assert set(refused.value.message_dict) <= {"legal_name", "website"}
    assert Member.objects.get(pk=member.pk).legal_name == "University of Ambridge"


def test_the_trademark_answer_keeps_who_and_when(member: Member) -> None:
    contact = make_contact(member)
    client = signed_in(contact)

    client.post(url(member), typed(member, trademark_permission="yes"))

    stored = Member.objects.get(pk=member.pk)
    assert stored.trademark_answered_by
    assert stored.trademark_answered_by.orcid == contact.orcid
    assert stored.trademark_answered_at
    assert timezone.now() - stored.trademark_answered_at < datetime.timedelta(minutes=1)


def test_taking_the_trademark_answer_back_forgets_who_and_when(member: Member) -> None:
    client = contact_of(member)
    client.post(url(member), typed(member, trademark_permission="no"))

    client.post(url(member), typed(member, version=2, trademark_permission="unanswered"))

    stored = Member.objects.get(pk=member.pk)
    assert (stored.trademark_answered_by, stored.trademark_answered_at) == (None, None)


def test_another_change_keeps_the_trademark_answer_of_before(member: Member) -> None:
    contact_of(member).post(url(member), typed(member, trademark_permission="yes"))
    answered = Member.objects.get(pk=member.pk)

    contact_of(member).post(url(member), typed(answered, city="Ambridge"))

    assert Member.objects.get(pk=member.pk).trademark_answered_by == answered.trademark_answered_by


def test_the_lead_desk_reads_and_cannot_write(consortium: Consortium, member: Member) -> None:
    reader = desk_reader(consortium, make_member("Lead", consortium))

    page = reader.get(url(member))
    posted = [reader.post(url(member), data) for data in ({}, typed(member, city="Ambridge"))]

    assert "form" not in page.context
    assert "Save the information" not in page.content.decode()
    assert [response.status_code for response in posted] == [403, 403]
    assert Member.objects.get(pk=member.pk).city == ""


def test_a_contact_of_a_former_member_reads_and_cannot_write(consortium: Consortium) -> None:
    ended = timezone.localdate() - datetime.timedelta(days=10)
    former = make_member("Former", consortium, end=ended)
    client = contact_of(former)

    page = client.get(url(former))
    posted = client.post(url(former), typed(former, city="Ambridge"))

    assert (page.status_code, "form" in page.context) == (200, False)
    assert posted.status_code == 403
    assert Member.objects.get(pk=former.pk).city == ""


def test_a_contact_of_another_member_does_not_find_the_page(
    consortium: Consortium, member: Member
) -> None:
    stranger = contact_of(make_member("Other", consortium))

    got = stranger.get(url(member))
    posted = stranger.post(url(member), typed(member, city="Ambridge"))

    assert (got.status_code, posted.status_code) == (404, 404)
    assert Member.objects.get(pk=member.pk).city == ""


def test_permission_is_judged_under_the_lock(member: Member) -> None:
    contact = make_contact(member)
    by = Actor.contact(make_user(orcid=contact.orcid))
    contact.removed_at = timezone.now()
    contact.save()

    with pytest.raises(PermissionDenied):
        edit_information(member_id=member.pk, version=1, by=by, city="Ambridge")


def test_a_description_cannot_bring_a_script(consortium: Consortium, member: Member) -> None:
    member.description = "**Hello** <script>alert(1)</script><img src=x onerror=alert(1)>"
    member.save()

    page = desk_reader(consortium, make_member("Lead", consortium)).get(url(member))

    assert page.context["description"] == "<p><strong>Hello</strong> </p>"


def test_only_the_description_has_lines(member: Member) -> None:
    """The name stands in mails: nobody adds a paragraph of their own to them."""
    changed = {"display_name": "Alpha\r\n\r\nSign in at evil.example", "description": "a\r\n\r\nb"}

    contact_of(member).post(url(member), typed(member) | changed)

    stored = Member.objects.get(pk=member.pk)
    assert (stored.display_name, stored.description) == (
        "Alpha Sign in at evil.example",
        "a\n\nb",
    )
