"""What ORCID has to know: the difference between the last report and now, and nothing else."""

import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contacts.models import Contact, Role, RoleAssignment
from contacts.services import editing, leaving, merging, orcid_changes, orcid_reports, roles
from contacts.services.adding import added_event
from members.actors import Actor
from members.models import Event, Identifier, Member, Membership
from members.services import identifiers, information, memberships, register
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.tell_orcid.conftest import Scene, cursor, person, user_of

SYSTEM = Actor.system()


def set_roles(scene: Scene, contact: Contact, *held: Role) -> None:
    contact.refresh_from_db()
    roles.set_roles(contact_id=contact.pk, version=contact.version, roles=held, by=scene.by)


def test_nothing_happened_nothing_is_told(scene: Scene) -> None:
    assert orcid_reports.draft_report(scene.consortium).members == []


def test_a_new_contact_with_roles(scene: Scene) -> None:
    new = scene.add("Ada Byron", Role.COMMS, Role.TECHNICAL)

    assert scene.lines() == [
        "Alpha University",
        f"- New contact: {person(new)}: Technical contact; Comms contact",
    ]


def test_added_and_removed_again_is_nothing(scene: Scene) -> None:
    leaving.remove_contact(contact_id=scene.add("Ada Byron").pk, by=scene.by)

    assert scene.lines() == []


def test_removed_is_told_with_the_roles_held(scene: Scene) -> None:
    leaving.remove_contact(contact_id=scene.tech.pk, by=scene.by)

    assert scene.lines()[1:] == [f"- No longer a contact: {person(scene.tech)}: Technical contact"]


def test_removed_and_added_again_is_the_same_person(scene: Scene) -> None:
    leaving.remove_contact(contact_id=scene.tech.pk, by=scene.by)
    again = make_contact(
        scene.member, [Role.INVOICE], orcid=scene.tech.orcid, given_names="Tec",
        family_name="Nik", email="tec@a.example",
    )  # fmt: skip
    write_added(again)

    assert scene.lines()[1:] == [
        f"- Roles: {person(again)}: Invoice contact (was: Technical contact)"
    ]


def write_added(contact: Contact) -> None:
    """The event that the service would write."""
    with transaction.atomic():
        Event.append(added_event(contact, [str(role) for role in contact.roles], SYSTEM))


def test_roles_there_and_back_are_nothing(scene: Scene) -> None:
    set_roles(scene, scene.tech, Role.TECHNICAL, Role.COMMS)
    set_roles(scene, scene.tech, Role.TECHNICAL)

    assert scene.lines() == []


def test_several_changes_of_one_person_are_one_line_each(scene: Scene) -> None:
    set_roles(scene, scene.tech, Role.COMMS)
    set_roles(scene, scene.tech, Role.INVOICE)
    scene.tech.refresh_from_db()
    editing.edit_contact(
        contact_id=scene.tech.pk, version=scene.tech.version, by=Actor.operator(make_user()),
        email="new@a.example", given_names="Teco", phone="+44 1",
    )  # fmt: skip
    scene.tech.refresh_from_db()

    assert scene.lines()[1:] == [
        f"- Name: {person(scene.tech)}: Teco Nik (was: Tec Nik)",
        f"- E-mail: {person(scene.tech)}: new@a.example (was: tec@a.example)",
        f"- Roles: {person(scene.tech)}: Invoice contact (was: Technical contact)",
    ]


def test_an_address_that_is_not_proved_yet_is_not_told(scene: Scene) -> None:
    editing.edit_contact(contact_id=scene.tech.pk, version=1, by=scene.by, email="other@a.example")

    assert scene.lines() == []


def test_r4_the_main_hands_over_and_with_it_the_vote(scene: Scene) -> None:
    roles.hand_over(member_id=scene.member.pk, role=Role.MAIN, to_id=scene.tech.pk, by=scene.by)

    main, tech = person(scene.main), person(scene.tech)
    official = "Main relationship contact (OFFICIAL)"
    assert scene.lines()[1:] == [
        f"- Roles: {main}: Other contact (was: {official})",
        f"- Roles: {tech}: {official}; Technical contact (was: Technical contact)",
        f"- {official}: {tech} (was: {main})",
        f"- Votes: {tech} (was: {main})",
    ]


def test_r4_a_voting_contact_who_goes_leaves_the_vote_to_the_main(scene: Scene) -> None:
    RoleAssignment.objects.filter(contact=scene.tech).update(role=Role.VOTING)
    set_roles(scene, scene.tech, Role.OTHER)

    assert scene.lines()[-1] == f"- Votes: {person(scene.main)} (was: {person(scene.tech)})"


def test_a_signatory_who_leaves_without_a_successor(scene: Scene) -> None:
    RoleAssignment.objects.filter(contact=scene.tech).update(role=Role.SIGNATORY)
    leaving.leave(contact_id=scene.tech.pk, by=Actor.contact(user_of(scene.tech)))

    assert scene.lines()[-1] == (
        f"- Agreement signatory (OFFICIAL): none (was: {person(scene.tech)})"
    )


def test_names_and_website_but_not_what_orcid_does_not_need(scene: Scene) -> None:
    information.edit_information(
        member_id=scene.member.pk, version=1, by=scene.by, display_name="Alpha U",
        website="https://a.example/", description="Much", public_email="x@a.example",
    )  # fmt: skip
    identifiers.add_identifier(
        member_id=scene.member.pk, scheme=Identifier.Scheme.ROR, value="04teye511", by=scene.by
    )

    assert scene.lines() == [
        "Alpha U",
        "- Public display name: Alpha U (was: Alpha University)",
        "- Website: https://a.example/ (was: https://alpha.example/)",
    ]


def test_a_membership_that_ends(scene: Scene) -> None:
    period = Membership.objects.get(member=scene.member)
    memberships.end_membership(
        membership_id=period.pk, end=datetime.date(2999, 7, 31), reason="Leaves", by=SYSTEM
    )

    assert scene.lines()[1:] == ["- Membership: 2019-01-01 – 2999-07-31 (was: 2019-01-01 – open)"]


def test_an_end_that_was_told_and_is_moved_back_tells_both_days(scene: Scene) -> None:
    period = Membership.objects.get(member=scene.member)
    for end in (datetime.date(2999, 7, 31), datetime.date(2999, 12, 31)):
        memberships.end_membership(membership_id=period.pk, end=end, reason="", by=SYSTEM)
        if end.month == 7:
            scene.tell()

    assert scene.lines()[1:] == [
        "- Membership: 2019-01-01 – 2999-12-31 (was: 2019-01-01 – 2999-07-31)"
    ]


def test_a_new_member_is_told_with_all_that_is_there(scene: Scene) -> None:
    member = register.register_member(
        legal_name="Beta University Ltd", display_name="Beta", country="GB", community="research",
        website="https://b.example/", consortium=scene.consortium,
        start=datetime.date(2026, 1, 1), by=SYSTEM,
    )  # fmt: skip
    contact = make_contact(member, [Role.MAIN], given_names="Be", family_name="Ta")

    assert scene.lines() == [
        "Beta",
        "- New member: Beta University Ltd",
        "- Membership: 2026-01-01 – open",
        "- Website: https://b.example/",
        f"- New contact: {person(contact)}: Main relationship contact (OFFICIAL)",
        f"- Main relationship contact (OFFICIAL): {person(contact)}",
        f"- Votes: {person(contact)}",
    ]


def test_a_member_that_joins_from_elsewhere_brings_its_contacts(scene: Scene) -> None:
    joined = make_member("Gamma University")
    contact = make_contact(joined, [Role.TECHNICAL])
    memberships.start_membership(
        member_id=joined.pk, consortium=scene.consortium, start=datetime.date(2026, 1, 1),
        by=SYSTEM,
    )  # fmt: skip

    assert scene.lines() == [
        "Gamma University",
        "- New member: Gamma University",
        "- Membership: 2026-01-01 – open",
        f"- New contact: {person(contact)}: Technical contact",
    ]


def test_a3_of_a_former_member_nothing_after_its_end_is_told(scene: Scene) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    period = Membership.objects.get(member=scene.member)
    memberships.end_membership(membership_id=period.pk, end=yesterday, reason="", by=SYSTEM)
    today = timezone.localdate()
    Membership.objects.create(member=scene.member, consortium=make_consortium(), start=today)
    scene.add("Secret Later")

    assert scene.lines() == [
        "Alpha University",
        f"- Membership: 2019-01-01 – {yesterday} (was: 2019-01-01 – open)",
    ]


def test_other_consortia_and_direct_members_are_not_told_of(scene: Scene) -> None:
    for other in (make_member("Direct"), make_member("Elsewhere", make_consortium())):
        information.edit_information(
            member_id=other.pk, version=1, by=SYSTEM, website="https://x.org"
        )

    assert scene.lines() == []


def test_a_merge_is_said(scene: Scene) -> None:
    double = make_member("Alfa University", scene.consortium)
    twin = make_contact(double, [Role.PRODUCT], given_names="Pro", family_name="Duct")

    merging.merge_members(
        kept_id=scene.member.pk, dropped_id=double.pk, holders={},
        by=Actor.operator(make_user()),
    )  # fmt: skip

    assert scene.lines() == [
        "Alpha University",
        "- Merged into it: Alfa University",
        f"- New contact: {person(twin)}: Product contact",
    ]


def test_erased_people_are_told_without_their_name(scene: Scene) -> None:
    leaving.remove_contact(contact_id=scene.tech.pk, by=scene.by)
    _erase(scene)

    assert scene.lines()[1:] == ["- No longer a contact: a former contact: Technical contact"]


def _erase(scene: Scene) -> None:
    with connection.cursor() as sql:  # no model of ours can do it
        sql.execute("UPDATE members_event SET personal = NULL")
    Contact.objects.filter(pk=scene.tech.pk).delete()


def test_h3_what_is_changed_while_the_report_is_made_is_left_to_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = scene.add("Ada Byron")
    read_state = orcid_changes._now  # noqa: SLF001  # where a change slips in
    later: list[Contact] = []

    def with_a_change_in_between(*args: Any) -> Any:
        if not later:
            later.append(scene.add("Late Comer"))
        return read_state(*args)

    monkeypatch.setattr(orcid_changes, "_now", with_a_change_in_between)
    report = scene.tell()
    after = scene.lines()

    assert "Ada Byron" in report.text
    assert "Late Comer" not in report.text
    assert after[1:] == [f"- New contact: {person(later[0])}: Other contact"]
    assert Contact.objects.filter(pk=new.pk).exists()


def test_h3_a_cursor_of_before_gives_the_same_report_later(scene: Scene) -> None:
    scene.add("Ada Byron")
    through, text = cursor(), scene.lines()
    set_roles(scene, scene.tech, Role.COMMS)
    Member.objects.filter(pk=scene.member.pk).update(website="https://z.example/")

    draft = orcid_reports.draft_report(scene.consortium, through=through)

    assert draft.text.split("\n")[2:-1] == text
