"""Renaming keeps old addresses working; merging unites two members (the operator's)."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from contacts.models import Contact, Role, RoleAssignment, User
from contacts.services.merging import merge_members
from members.actors import Actor
from members.models import Consortium, Event, Identifier, Member, Membership
from members.services.renaming import rename_member
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Actor:
    return Actor.operator(make_user(orcid=None, email="op@portal.example", is_staff=True))


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium()


@pytest.fixture
def member(consortium: Consortium) -> Member:
    return make_member("Old Name University", consortium=consortium)


def test_the_public_page_under_the_old_address_leads_on(
    client: Client, operator: Actor, member: Member
) -> None:
    rename_member(member_id=member.pk, slug="new-name", by=operator)

    response = client.get("/directory/old-name-university/?x=1")

    assert (response.status_code, response["Location"]) == (301, "/directory/new-name/?x=1")


def test_a_contacts_old_addresses_lead_on_and_a_strangers_do_not(
    operator: Actor, member: Member
) -> None:
    inside, outside = Client(), Client()
    inside.force_login(make_user(make_contact(member).orcid))
    outside.force_login(make_user())
    rename_member(member_id=member.pk, slug="new-name", by=operator)
    old = "/tools/old-name-university/contacts/"

    assert inside.get(old)["Location"] == "/tools/new-name/contacts/"
    assert outside.get(old).status_code == 404


def test_renaming_back_and_forth_works(client: Client, operator: Actor, member: Member) -> None:
    for slug in ("second", "old-name-university", "third"):
        rename_member(member_id=member.pk, slug=slug, by=operator)

    for old in ("second", "old-name-university"):
        assert client.get(f"/directory/{old}/")["Location"] == "/directory/third/"


@pytest.mark.parametrize("slug", ["", "Two Words", "-x", "a--b", "ümlaut", "a" * 121, "taken"])
def test_an_address_that_cannot_be_is_refused(operator: Actor, member: Member, slug: str) -> None:
    make_member("Taken")

    with pytest.raises(ValidationError) as refusal:
        rename_member(member_id=member.pk, slug=slug, by=operator)

    assert list(refusal.value.message_dict) == ["slug"]


def test_an_address_another_member_had_is_not_given_again(operator: Actor, member: Member) -> None:
    other = make_member("Other")
    rename_member(member_id=other.pk, slug="elsewhere", by=operator)

    with pytest.raises(ValidationError, match="or had it"):
        rename_member(member_id=member.pk, slug="other", by=operator)


def test_renaming_is_an_event_and_not_for_contacts(operator: Actor, member: Member) -> None:
    contact = Actor.contact(make_user(make_contact(member, [Role.MAIN]).orcid))
    with pytest.raises(PermissionDenied):
        rename_member(member_id=member.pk, slug="mine", by=contact)

    rename_member(member_id=member.pk, slug="new-name", by=operator)

    event = Event.objects.get(member=member)
    assert (event.kind, event.capacity) == ("member_renamed", "operator")
    assert event.changes["slug"] == ["old-name-university", "new-name"]


@pytest.fixture
def other(consortium: Consortium) -> Member:
    return make_member("Same University Again", consortium=consortium)


def merge(kept: Member, dropped: Member, by: Actor, **holders: Contact) -> None:
    merge_members(
        kept_id=kept.pk,
        dropped_id=dropped.pk,
        holders={role: contact.pk for role, contact in holders.items()},
        by=by,
    )


def test_contacts_move_and_the_same_person_is_united(
    operator: Actor, member: Member, other: Member
) -> None:
    here = make_contact(member, [Role.TECHNICAL])
    make_contact(other, [Role.TECHNICAL, Role.INVOICE], orcid=here.orcid)
    moved = make_contact(other, [Role.MAIN])

    merge(member, other, operator)

    current = Contact.objects.current().filter(member=member)
    assert {contact.pk: contact.roles for contact in current} == {
        here.pk: [Role.TECHNICAL, Role.INVOICE],
        moved.pk: [Role.MAIN],
    }
    assert not Contact.objects.current().filter(member=other).exists()


def test_r1_of_two_mains_the_chosen_one_stays_and_the_other_keeps_a_role(
    operator: Actor, member: Member, other: Member
) -> None:
    ours, theirs = make_contact(member, [Role.MAIN]), make_contact(other, [Role.MAIN])

    with pytest.raises(ValidationError, match="Choose who is Main"):
        merge(member, other, operator)
    merge(member, other, operator, main=theirs)

    assert RoleAssignment.objects.get(member=member, role=Role.MAIN).contact == theirs
    assert Contact.objects.get(pk=ours.pk).roles == [Role.OTHER]


def test_identifiers_move_with_one_preferred_each(
    operator: Actor, member: Member, other: Member
) -> None:
    ror = "https://ror.org/04teye511"
    Identifier.objects.create(member=member, scheme="grid", value="grid.1.1", preferred=True)
    Identifier.objects.create(member=other, scheme="grid", value="grid.2.2", preferred=True)
    Identifier.objects.create(member=other, scheme="ror", value=ror, preferred=True)

    merge(member, other, operator)

    found = member.identifiers.order_by("value").values_list("value", "preferred")
    assert list(found) == [("grid.1.1", True), ("grid.2.2", False), (ror, True)]


def test_both_histories_stay_and_the_old_address_leads_on(
    client: Client, operator: Actor, member: Member, other: Member
) -> None:
    make_contact(member, [Role.MAIN])
    Event.objects.bulk_create(
        [Event(member=other, kind="identifier_added", changes={"value": "x-77"}, capacity="system")]
    )
    client.force_login(make_user(make_contact(member).orcid))

    merge(member, other, operator)

    history = client.get(reverse("tools:history", args=[member.slug])).content.decode()
    assert "x-77" in history
    assert "Members merged" in history
    led = client.get("/directory/same-university-again/")
    assert led["Location"] == f"/directory/{member.slug}/"


def test_the_dropped_member_is_in_no_list_any_more(
    operator: Actor, member: Member, other: Member
) -> None:
    merge(member, other, operator)

    assert other not in Member.objects.public()
    assert Membership.objects.filter(member=other).count() == 0
    assert Membership.objects.filter(member=member).count() == 1


def test_only_the_operator_merges(member: Member, other: Member) -> None:
    by = Actor.contact(make_user(make_contact(member, [Role.MAIN]).orcid))

    with pytest.raises(PermissionDenied):
        merge(member, other, by)


@pytest.fixture
def admin(client: Client) -> Callable[[Member, dict[str, str]], str]:
    user = make_user(orcid=None, email="o@p.example", is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=user.pk))

    def post(member: Member, data: dict[str, str]) -> str:
        address = reverse("admin:members_member_operation", args=[member.pk, "merge"])
        return client.post(address, data, follow=True).content.decode()

    return post


def test_the_admin_shows_first_what_would_happen_then_merges(
    admin: Callable[[Member, dict[str, str]], str], member: Member, other: Member
) -> None:
    ours = make_contact(member, [Role.MAIN], family_name="Ours")
    make_contact(other, [Role.MAIN], family_name="Theirs")

    preview = admin(member, {"other": other.slug})
    still_two = Contact.objects.current().filter(member=other).count()
    done = admin(member, {"dropped": str(other.pk), "holder_main": str(ours.pk)})

    assert "Contact moves: Ada Theirs" in preview
    assert "holder_main" in preview
    assert still_two == 1
    assert "Same University Again is merged into this member." in done
    assert RoleAssignment.objects.get(member=member, role=Role.MAIN).contact == ours
