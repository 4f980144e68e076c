"""What is looked at before anything is stored: errors on their rows, who is there already."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import AgreementRecord, Contact, Invitation, Role
from members.models import EmailDomain, Event, Membership
from tests.contact_import.house import Switch, csv, invited, noted, said
from tests.factories import make_contact, make_member, make_user

MAIN, VOTING = "Main relationship contact (OFFICIAL)", "Voting contact"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Gamma,Ada,ada@alpha.example,", "There is no member “Gamma” in this consortium."),
        (
            "Alpha Universty,Ada,ada@alpha.example,",
            "There is no member “Alpha Universty” in this consortium. Perhaps Alpha University?",
        ),
        (",Ada,ada@alpha.example,", "The row names no member."),
        ("Alpha University,Ada,ada at alpha,", "“ada at alpha” is no e-mail address."),
        ("Alpha University,Ada Lovelace,,", "Ada Lovelace has no e-mail address."),
        ("Alpha University,,,Main contact", "The row names no person."),
        (
            "Alpha University,Ada,ada@alpha.example,Boss",
            f"“Boss” is no role. There are: {', '.join(role.label for role in Role)}.",
        ),
        (
            f"Alpha University,A {'x' * 81},ada@alpha.example,",
            "Family name: at most 80 characters.",
        ),
        (
            "Alpha University,Ada,ada@alpha.example,,more",
            "The row has more cells than the header: perhaps a text with a comma lacks quotes.",
        ),
    ],
)
def test_error_stands_on_its_row(switch: Switch, row: str, message: str) -> None:
    plan = switch.plan(csv("Alpha University,Fine,fine@alpha.example,Main contact", row))

    assert said(plan) == [(3, message)]
    assert [who.email for who in plan.people] == ["fine@alpha.example"]


def test_orcid_id_that_is_none_is_an_error(switch: Switch) -> None:
    header = "Member,Email,ORCID iD"

    plan = switch.plan(csv("Alpha University,a@alpha.example,0000-0002-1825-0098", header=header))

    words = (
        "“0000-0002-1825-0098” is no ORCID iD. Put it right or leave it empty: it is only a hint."
    )
    assert said(plan) == [(2, words)]


def test_ambiguous_member_is_an_error(switch: Switch) -> None:
    make_member("Alpha: University", switch.consortium, slug="other-alpha")

    plan = switch.plan(csv("alpha  university!,Ada,ada@alpha.example,"))

    words = (
        "This could be any of several members: Alpha University (alpha-university), "
        "Alpha: University (other-alpha). Give the ROR."
    )
    assert said(plan) == [(2, words)]


def test_ror_of_one_and_name_of_another_is_an_error(switch: Switch) -> None:
    row = "https://ror.org/04teye511,Universität Beta,ada@alpha.example"

    plan = switch.plan(csv(row, header="ROR,Member,Email"))

    words = (
        "https://ror.org/04teye511 is Alpha University, but the name is that of Universität Beta."
    )
    assert said(plan) == [(2, words)]


def test_members_of_others_and_former_ones_are_not_there(switch: Switch) -> None:
    make_member("Elsewhere")
    Membership.objects.filter(member=switch.beta).update(end=datetime.date(2020, 1, 1))

    plan = switch.plan(csv("Elsewhere,,x@x.example,", "Universität Beta,,y@x.example,"))

    assert [row for row, _message in said(plan)] == [2, 3]


def test_rows_of_one_person_are_one_with_all_roles(switch: Switch) -> None:
    plan = switch.plan(
        csv(
            "Alpha University,Ada Lovelace,ADA@alpha.example,Technical contact",
            "Alpha University,Ada Lovelace,ada@alpha.example,Main contact",
            "Universität Beta,Ada Lovelace,ada@alpha.example,Main contact",
        )
    )

    found = [(who.member.slug, who.roles, who.rows) for who in plan.people]
    assert found == [
        ("alpha-university", ["main", "technical"], [2, 3]),
        ("universitat-beta", ["main"], [4]),
    ]


def test_error_on_one_row_holds_the_persons_other_rows_back(switch: Switch) -> None:
    plan = switch.plan(
        csv(
            "Alpha University,Ada,ada@alpha.example,Main contact",
            "Alpha University,Ada,ada@alpha.example,Boss",
        )
    )

    # Else she would come in without that role, and be "there already" when it is put right.
    assert (plan.people, plan.failing_rows) == ([], {2, 3})


def test_protected_role_twice_in_the_file_is_an_error_on_both_rows(switch: Switch) -> None:
    plan = switch.plan(
        csv(
            f"Alpha University,Ada,ada@alpha.example,{MAIN}",
            "Alpha University,Fine,fine@alpha.example,Technical contact",
            f"Alpha University,Bob,bob@alpha.example,{MAIN}",
        )
    )

    words = f"{MAIN} is one person; in the file several are: rows 2, 4."
    assert said(plan) == [(2, words), (4, words)]
    assert [who.email for who in plan.people] == ["fine@alpha.example"]


def test_two_votes_at_one_member_are_an_error(switch: Switch) -> None:
    plan = switch.plan(
        csv(
            f"Alpha University,ada@alpha.example,Yes,{MAIN}",
            "Alpha University,bob@alpha.example,Yes,Comms contact",
            header="Member,Email,Voting contact,Role",
        )
    )

    assert {row for row, _message in said(plan)} == {2, 3}


def test_protected_role_that_somebody_has_is_an_error(switch: Switch) -> None:
    make_contact(switch.alpha, [Role.VOTING], given_names="Vera", family_name="Voter")

    plan = switch.plan(csv(f"Alpha University,Ada,ada@alpha.example,{VOTING}"))

    assert said(plan) == [(2, "Voting contact is Vera Voter there.")]


def test_one_address_with_two_ids_is_an_error(switch: Switch) -> None:
    plan = switch.plan(
        csv(
            "Alpha University,a@alpha.example,0000-0002-1825-0097",
            "Alpha University,a@alpha.example,0000-0001-5109-3700",
            header="Member,Email,ORCID iD",
        )
    )

    words = "Row 3 has the same address, and another iD: http://127.0.0.1:9/0000-0001-5109-3700."
    assert said(plan)[0] == (2, words)


def test_contact_by_address_or_id_is_there_already(switch: Switch) -> None:
    make_contact(switch.alpha, [Role.COMMS], email="ADA@alpha.example")
    known = make_contact(switch.alpha, [Role.OTHER], email="old@alpha.example")

    plan = switch.plan(
        csv(
            "Alpha University,ada@alpha.example,,Comms; Technical",
            f"Alpha University,new@alpha.example,{known.orcid},",
            f"Alpha University,,https://orcid.org/{known.orcid},",
            header="Member,Email,ORCID iD,Role",
        )
    )

    assert (plan.people, said(plan), len(plan.present)) == ([], [], 2)
    words = "Is there already without these roles, which are not changed: Technical contact."
    assert noted(plan) == [(2, words)]


def test_invited_and_declined_people_are_there_already(switch: Switch) -> None:
    make_contact(switch.alpha, [Role.MAIN])
    common = {"member": switch.alpha, "roles": ["other"], "expires_at": timezone.now()}
    Invitation.objects.create(email="open@alpha.example", token_hash="1", **common)
    day = datetime.datetime(2025, 5, 3, tzinfo=datetime.UTC)
    Invitation.objects.create(
        email="no@alpha.example", token_hash="2", closed_at=day, outcome="declined", **common
    )

    plan = switch.plan(
        csv("Alpha University,,OPEN@alpha.example,", "Alpha University,,no@alpha.example,")
    )

    assert (plan.people, said(plan), len(plan.present)) == ([], [], 2)
    assert noted(plan) == [(3, "Declined an invitation on 3 May 2025, and is not asked again.")]


def test_who_signed_without_id_stays_on_the_agreement_record(switch: Switch) -> None:
    AgreementRecord.objects.create(member=switch.alpha, name="Vera Chancellor", position="VC")

    plan = switch.plan(csv("Alpha University,Vera Chancellor,,Agreement signatory (OFFICIAL)"))

    assert (plan.people, said(plan), len(plan.present)) == ([], [], 1)


def test_address_outside_the_domains_is_noted(switch: Switch) -> None:
    EmailDomain.objects.create(member=switch.alpha, domain="alpha.example")

    plan = switch.plan(csv("Alpha University,Ada,ada@gmail.example,Main contact"))

    words = "The address lies outside the e-mail domains of Alpha University."
    assert (noted(plan), plan.people[0].is_outside) == ([(2, words)], True)


def test_r1_the_only_person_is_invited_as_main(switch: Switch) -> None:
    plan = switch.plan(csv("Alpha University,Ada,ada@alpha.example,Technical contact"))

    assert [who.roles for who in plan.people] == [["main", "technical"]]
    words = "Is the only one there, and so invited as Main relationship contact."
    assert noted(plan) == [(2, words)]


def test_r1_several_without_main_are_noted(switch: Switch) -> None:
    plan = switch.plan(
        csv("Alpha University,A,a@alpha.example,Comms", "Alpha University,B,b@alpha.example,")
    )

    assert [who.roles for who in plan.people] == [["comms"], ["other"]]
    words = "The file names no Main relationship contact of Alpha University."
    assert noted(plan) == [(2, words)]


def signed_in_contact(switch: Switch) -> Contact:
    contact = make_contact(switch.alpha, [Role.MAIN])
    make_user(contact.orcid)
    return contact


NEW = csv("Alpha University,New,new@alpha.example,Technical contact")
KEEPS = "Alpha University keeps its own contacts: somebody there has signed in."


def test_a3_the_lead_brings_nobody_in_where_somebody_has_signed_in(switch: Switch) -> None:
    signed_in_contact(switch)

    assert said(switch.plan(NEW)) == [(2, KEEPS)]
    assert said(switch.plan(NEW, is_lead=False)) == []  # the operator may


def test_a5_nor_where_whoever_acted_for_it_has_gone(switch: Switch) -> None:
    contact = signed_in_contact(switch)
    contact.role_assignments.all().delete()
    Contact.objects.filter(pk=contact.pk).update(removed_at=timezone.now())

    assert said(switch.plan(csv(f"Alpha University,New,new@alpha.example,{MAIN}"))) == [(2, KEEPS)]


def test_a3_with_the_members_leave_all_but_protected_roles(switch: Switch) -> None:
    signed_in_contact(switch)
    switch.alpha.lead_may_manage_contacts = True
    switch.alpha.save()

    plan = switch.plan(NEW + f"\nAlpha University,V,v@alpha.example,{VOTING}")

    assert [who.email for who in plan.people] == ["new@alpha.example"]
    words = "Alpha University gives its protected roles itself: Voting contact."
    assert said(plan) == [(3, words)]


def test_members_whose_contacts_never_signed_in_are_the_leads_to_begin(switch: Switch) -> None:
    make_contact(switch.alpha, [Role.COMMS])

    assert said(switch.plan(csv(f"Alpha University,New,new@alpha.example,{MAIN}"))) == []


def test_failing_rows_are_a_file_again(switch: Switch) -> None:
    content = csv(
        "Alpha University,Ada,ada@alpha.example,Main contact,'+44 20,big",
        "Alfa,=Bob,bob@alpha.example,Technical,'+44 21,small",
        header="Member,Name,Email,Contact type,Tel,Shoe size",
    )

    rows = switch.plan(content).left_out()

    words = "There is no member “Alfa” in this consortium."
    assert rows == [
        ["Member", "Name", "Email", "Contact type", "Tel", "Problem"],
        ["Alfa", "=Bob", "bob@alpha.example", "Technical", "+44 21", words],
    ]


def test_looking_through_stores_nothing(switch: Switch) -> None:
    events = Event.objects.count()

    switch.plan(NEW)

    assert (invited(), Event.objects.count()) == ({}, events)
