"""A manager adds a member with its first contact (A4): asked about what is here, then C2 or C3."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.models import Contact, Invitation, Mail, Role
from contacts.services import finding
from contacts.services.members import (
    FirstContact,
    add_member_with_first_contact,
    name_first_contact,
)
from members.models import Event, Identifier, Member, Membership
from tests.contacts.conftest import as_user, link_in, mails, roles_of
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead_members.desk import Managed, kinds_of, managed_desk
from tests.reading import said
from tests.sandbox_server import SandboxServer

ROR = "https://ror.org/05a28rw58"
DETAILS = {
    "legal_name": "Universität Zürich",
    "website": "www.uzh.example",
    "country": "CH",
    "community": "research",
    "start": "2024-02-01",
    "ror": "05a28rw58",
    "email": "zoe@uzh.example",
}
FIRST = FirstContact(email="zoe@uzh.example")


def _zoe(orcid: SandboxServer) -> str:
    shown = [
        {"email": "zoe@uzh.example", "verified": True, "primary": True, "visibility": "public"}
    ]
    return orcid.add_person(given_names="Zoë", family_name="Müller", emails=shown)


def _fill_in(desk: Managed, **changed: Any) -> Any:
    return desk.post("members/add/", DETAILS | changed)


def _members() -> set[str]:
    return set(Member.objects.values_list("legal_name", flat=True))


def test_a4_found_person_is_main_at_once_and_told(desk: Managed, orcid: SandboxServer) -> None:
    found = _zoe(orcid)
    page = _fill_in(desk)
    offer = page.context["found"]["offer"].value()
    before = _members()

    done = desk.post(
        "members/add/",
        DETAILS | {"step": "add", "offer": offer, "given_names": "Zoë", "family_name": "Müller"},
    )

    member = Member.objects.get(legal_name="Universität Zürich")
    contact = Contact.objects.get(member=member)
    assert before == {"Lead of North Consortium"}
    assert (contact.orcid, roles_of(contact), contact.email) == (found, ["main"], DETAILS["email"])
    assert (member.website, member.country, str(member.memberships.get())) == (
        "https://www.uzh.example",
        "CH",
        "Universität Zürich: 2024-02-01 – …",
    )
    assert Identifier.objects.get(member=member).value == ROR
    assert kinds_of(member) == [
        ("member_created", "lead"),
        ("membership_started", "lead"),
        ("identifier_added", "lead"),
        ("contact_added", "lead"),
    ]
    assert [mail.to for mail in mails(Mail.Kind.CONTACT_ADDED)] == ["zoe@uzh.example"]
    assert said(done) == ["Universität Zürich is added. Its first contact has been told by e-mail."]


def test_a4_who_is_not_found_is_invited_as_main_and_is_in_charge_on_accepting(
    desk: Managed, orcid: SandboxServer
) -> None:
    page = _fill_in(desk)
    nothing_yet = Member.objects.count(), Invitation.objects.count()

    desk.post("members/add/", DETAILS | {"step": "invite"})
    link = link_in(mails(Mail.Kind.INVITATION)[0], "invitations")
    zoe = make_user()
    as_user(zoe).post(link, {"answer": "accept", "given_names": "Zoë", "family_name": "M"})

    assert page.context["outcome"] == "not_found"
    assert nothing_yet == (1, 0)
    contact = Contact.objects.get(member__legal_name="Universität Zürich")
    assert (contact.orcid, roles_of(contact)) == (zoe.orcid, ["main"])


def test_c2_orcid_out_of_reach_is_said_and_an_invitation_still_goes(desk: Managed) -> None:
    page = _fill_in(desk)

    desk.post("members/add/", DETAILS | {"step": "invite"})

    assert page.context["outcome"] == "unreachable"
    assert Invitation.objects.get().roles == [Role.MAIN]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ror", "05a28rw59", "check digits"),
        ("website", "no site", "not the address of a website"),
        ("legal_name", "", "required"),
        ("start", "yesterday", "valid date"),
        ("email", "zoe", "valid email"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Managed, field: str, value: str, words: str
) -> None:
    page = _fill_in(desk, **{field: value})

    assert words in page.context["form"].errors[field][0]
    assert Event.objects.count() == 0  # nobody was looked up


@pytest.mark.parametrize(
    ("there", "how"),
    [
        ({"website": "http://UZH.example/home"}, "website"),
        ({"name": "Universitat  Zurich!"}, "name"),
    ],
)
def test_a_member_that_may_be_the_same_is_asked_about_first(
    desk: Managed, orcid: SandboxServer, there: dict[str, str], how: str
) -> None:
    other = make_member(
        there.get("name", "Other"), desk.consortium, website=there.get("website", "")
    )

    asked = _fill_in(desk)
    goes_on = _fill_in(desk, other_than=[other.pk])

    assert [(s.member, s.how, str(s.place)) for s in asked.context["same"]] == [
        (other, how, "current")
    ]
    assert goes_on.context["outcome"] == "not_found"


def test_the_same_identifier_in_the_consortium_leaves_no_way_on(desk: Managed) -> None:
    other = make_member("Other", desk.consortium)
    Identifier.objects.create(member=other, scheme="ror", value=ROR)

    asked = _fill_in(desk)
    forced = desk.post("members/add/", DETAILS | {"step": "invite", "other_than": [other.pk]})

    assert asked.context["is_certain"] is True
    assert "No, it is another organisation" not in asked.content.decode()
    assert "has this identifier" in forced.context["form"].non_field_errors()[0]
    assert _members() == {"Other", "Lead of North Consortium"}


def test_a_former_member_is_offered_to_start_again(desk: Managed) -> None:
    past = timezone.localdate() - datetime.timedelta(days=400)
    former = make_member("Universität Zürich", desk.consortium, end=past)

    asked = _fill_in(desk)

    assert [str(found.place) for found in asked.context["same"]] == ["former"]
    assert f'href="{desk.url(f"members/{former.slug}/start/")}"' in asked.content.decode()


def test_a1_members_elsewhere_are_named_only_if_they_are_public(
    desk: Managed, orcid: SandboxServer
) -> None:
    elsewhere = make_consortium("South")
    public = make_member("Universität Zürich", elsewhere)
    past = timezone.localdate() - datetime.timedelta(days=400)
    hidden = make_member("Hidden", elsewhere, end=past, website="https://uzh.example")

    asked = _fill_in(desk)
    goes_on = _fill_in(desk, other_than=[public.pk])

    assert [(found.member, str(found.place)) for found in asked.context["same"]] == [
        (public, "elsewhere")
    ]
    assert hidden.display_name not in goes_on.content.decode()
    assert goes_on.context["outcome"] == "not_found"


def test_back_shows_everything_that_was_typed(desk: Managed) -> None:
    page = _fill_in(desk, step="edit")

    assert {name: page.context["form"][name].value() for name in DETAILS} == DETAILS


def _add(desk: Managed, **fields: Any) -> Member:
    defaults: dict[str, Any] = {
        "consortium": desk.consortium,
        "information": {
            "legal_name": "New",
            "display_name": "New",
            "country": "GB",
            "community": "research",
        },
        "start": None,
        "identifiers": [],
        "first": FIRST,
        "by": desk.by,
    }
    return add_member_with_first_contact(**defaults | fields)


def test_c4_an_offer_made_for_another_consortium_or_person_adds_nobody(
    desk: Managed, orcid: SandboxServer
) -> None:
    _zoe(orcid)
    other = managed_desk("South Consortium")
    offers = [
        finding.look_up_for_new_member(
            consortium=other.consortium, email=FIRST.email, by=other.by
        ).offer,
        "made up",
    ]

    for offer in offers:
        with pytest.raises(ValidationError, match="look the address up again"):
            _add(desk, first=FirstContact(email=FIRST.email, offer=offer))

    assert not Contact.objects.filter(member__legal_name="New").exists()
    assert not Member.objects.filter(legal_name="New").exists()


def test_a4_only_managers_of_this_desk_add_members(desk: Managed) -> None:
    other = managed_desk("South Consortium")

    with pytest.raises(PermissionDenied):
        _add(desk, by=other.by)
    with pytest.raises(PermissionDenied):
        finding.look_up_for_new_member(consortium=desk.consortium, email=FIRST.email, by=other.by)


def test_whoever_was_slower_is_asked_about_what_is_there_now(desk: Managed) -> None:
    there = make_member("New", desk.consortium)

    with pytest.raises(ValidationError) as refused:
        _add(desk)

    assert refused.value.code == "same"
    assert _add(desk, other_than=[there.pk]).slug == "new-2"


def test_r2_first_contact_of_a_member_nobody_acts_for(desk: Managed) -> None:
    member = make_member("Imported", desk.consortium)

    page = desk.post(
        f"members/{member.slug}/first-contact/", {"email": "a@imp.example", "step": "invite"}
    )

    assert Invitation.objects.get(member=member).roles == [Role.MAIN]
    assert said(page) == ["An invitation is on its way to a@imp.example."]
    assert kinds_of(member) == [("invitation_sent", "lead")]


def test_r2_the_leads_exception_ends_with_the_first_contact(desk: Managed) -> None:
    member = make_member("Equipped", desk.consortium)
    make_contact(member)

    answer = desk.client.post(desk.url(f"members/{member.slug}/first-contact/"), {"email": "a@b.c"})

    assert answer.status_code == 403
    assert Invitation.objects.count() == 0


def test_a4_first_contacts_are_named_at_the_desks_own_present_members_alone(desk: Managed) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    others = [
        make_member("Former", desk.consortium, end=yesterday),
        make_member("Elsewhere", make_consortium()),
    ]

    for member in others:
        with pytest.raises(PermissionDenied):
            name_first_contact(
                member_id=member.pk, consortium=desk.consortium, first=FIRST, by=desk.by
            )

    assert Invitation.objects.count() == 0


def test_the_first_invitation_is_sent_again_and_withdrawn_by_the_lead(desk: Managed) -> None:
    member = _add(desk)
    invitation = Invitation.objects.get(member=member)

    desk.post(f"first-contacts/{invitation.pk}/resend/")
    desk.post(f"first-contacts/{invitation.pk}/withdraw/")

    invitation.refresh_from_db()
    assert invitation.outcome == "withdrawn"
    assert [kind for kind, _by in kinds_of(member)][-2:] == [
        "invitation_resent",
        "invitation_withdrawn",
    ]


def test_invitations_of_members_in_charge_are_their_own(desk: Managed) -> None:
    member = _add(desk)
    make_contact(member, [Role.MAIN])
    invitation = Invitation.objects.get(member=member)

    answer = desk.client.post(desk.url(f"first-contacts/{invitation.pk}/withdraw/"))

    assert answer.status_code == 403
    assert Membership.objects.filter(member=member).count() == 1
