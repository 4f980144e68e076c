"""Bringing in: one draft for each person and member, nothing mailed, nothing done twice (C2–C4)."""

import csv as csv_module
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from contacts.models import Contact, ContactImport, Invitation, Mail, Role, Run
from contacts.services import leaving
from contacts.services.imports import applying
from contacts.services.imports import runs as import_runs
from contacts.services.runs import perform
from members.actors import Actor
from members.models import Event
from tests.contact_import.house import DATA, Switch, csv, invited, make_switch, said
from tests.factories import make_contact, make_user
from tests.lead.desk import address, client_of, read_csv
from tests.sandbox_server import SandboxServer

SELF_SERVICE = (DATA / "self-service.csv").read_text()


def latest() -> ContactImport:
    return ContactImport.objects.latest("pk")


def go(switch: Switch, page: Any) -> Any:
    """Press the button of the page that shows what would be brought in."""
    url = page.request["PATH_INFO"]
    return switch.client.post(url, {"do": "bring-in"}, follow=True)


def test_page_shows_what_would_be_done_and_stores_nobody(switch: Switch) -> None:
    page = switch.upload(SELF_SERVICE + "Gamma,Bob,bob@gamma.example,,,\n").content.decode()

    for words in (
        "To be brought in: <strong>4</strong>. Members they belong to: <strong>2</strong>.",
        "Rows with errors, which are left out: <strong>1</strong>.",
        "Row 7: There is no member “Gamma” in this consortium.",
        "Bring in 4 people",
        "Nothing is mailed yet",
    ):
        assert words in page
    assert (invited(), ContactImport.objects.count(), Mail.objects.count()) == ({}, 0, 0)


def test_bringing_in_makes_drafts_and_mails_nobody(switch: Switch) -> None:
    go(switch, switch.upload(SELF_SERVICE))

    assert invited() == {
        "ada@alpha.example": ["main", "comms"],
        "grace@alpha.example": ["technical"],
        "ludwig@beta.example": ["main"],
        "clara@beta.example": ["voting", "invoice"],
    }
    ada = Invitation.objects.get(email="ada@alpha.example")
    assert (ada.status, ada.token_hash, ada.expires_at) == ("draft", None, None)
    assert (ada.given_names, ada.family_name, ada.orcid_hint) == (
        "Ada", "Lovelace", "0000-0002-1825-0097",
    )  # fmt: skip
    assert (ada.sent_by, ada.sent_as, ada.contact_import) == (switch.manager, "lead", latest())
    assert Mail.objects.count() == 0
    assert Contact.objects.filter(member=switch.alpha).count() == 0  # C1, C4: a hint makes none


def test_each_draft_and_the_file_are_events_of_the_lead(switch: Switch) -> None:
    switch.bring_in(
        csv("Alpha University,Ada,ada@alpha.example,Main contact", "Gamma,,x@x.example,")
    )

    one, whole = Event.objects.filter(kind="contacts_imported").order_by("pk")
    assert (one.member, one.capacity, one.actor) == (switch.alpha, "lead", switch.manager)
    assert (one.changes["roles"], one.personal) == ([[], ["main"]], {"email": "ada@alpha.example"})
    assert (whole.consortium, whole.personal) == (switch.consortium, {"file": "ours.csv"})
    assert {key: whole.changes[key] for key in ("invited", "there_already", "rows_left_out")} == {
        "invited": 1, "there_already": 0, "rows_left_out": 1,
    }  # fmt: skip


def test_same_file_again_changes_nothing(switch: Switch) -> None:
    switch.bring_in(SELF_SERVICE)
    before = [list(Invitation.objects.values()), Event.objects.count()]

    page = switch.upload(SELF_SERVICE).content.decode()

    assert "Nobody to bring in" in page
    assert "There already: 4. Rows with errors: 0." in page
    assert [list(Invitation.objects.values()), Event.objects.count()] == before


def test_good_rows_come_in_and_the_others_can_be_put_right(switch: Switch) -> None:
    content = csv(
        "Alpha University,Ada,ada@alpha.example,Main contact", "Alfa,'+Bob,bob@alpha.example,"
    )
    preview = switch.upload(content)
    failing = switch.client.get(f"{preview.request['PATH_INFO']}left-out.csv").content
    go(switch, preview)
    later = switch.client.get(switch.url(f"{latest().pk}/left-out.csv")).content

    assert later == failing
    switch.bring_in(failing.decode("utf-8-sig").replace("Alfa", "Alpha University"))
    assert invited() == {"ada@alpha.example": ["main"], "bob@alpha.example": ["other"]}
    assert Invitation.objects.get(email="bob@alpha.example").family_name == "+Bob"  # H5


@pytest.mark.parametrize("layout", ["self-service", "detailed"])
def test_our_own_export_comes_back_as_it_was(switch: Switch, layout: str) -> None:
    held = {
        "ada": [Role.MAIN, Role.VOTING],
        "bob": [Role.TECHNICAL, Role.OTHER],
        "eve": [Role.SIGNATORY],
    }
    for name, roles in held.items():
        make_contact(
            switch.alpha, roles, given_names="=Given", family_name=f"+44 {name}",
            email=f"{name}@alpha.example", phone="+44 20 7946", job_title="@Library",
        )  # fmt: skip
    make_contact(switch.beta, [Role.MAIN], given_names="B", family_name="M", email="m@beta.example")
    exported = read_export(switch, layout)
    before = who_is_who()

    again = switch.plan(exported)
    assert (again.people, said(again), len(again.present)) == ([], [], 6)

    Contact.objects.filter(member__in=[switch.alpha, switch.beta]).delete()
    switch.bring_in(exported)
    assert who_is_offered() == {key: value for key, value in before.items() if "lead" not in key}
    ada = Invitation.objects.get(email="ada@alpha.example")
    assert ada.phone == ("+44 20 7946" if layout == "detailed" else "")


def read_export(switch: Switch, layout: str) -> str:
    url = address(switch.desk, "contacts.csv")
    rows = read_csv(switch.client.get(url, {"layout": layout}))
    assert ("Votes" in rows[0]) == (layout == "detailed")
    written = io.StringIO()
    csv_module.writer(written).writerows(rows)
    return written.getvalue()


def who_is_who() -> dict[str, Any]:
    people = Contact.objects.exclude(member__display_name__startswith="Lead")
    return {
        one.email: (one.member_id, one.display_name, one.orcid, list(map(str, one.roles)))
        for one in people
    }


def who_is_offered() -> dict[str, Any]:
    return {
        one.email: (
            one.member_id,
            f"{one.given_names} {one.family_name}",
            one.orcid_hint,
            one.roles,
        )
        for one in Invitation.objects.all()
    }


def public_person(orcid: SandboxServer, email: str) -> str:
    shown = [{"email": email, "verified": True, "primary": True, "visibility": "public"}]
    return orcid.add_person(given_names="Grace", family_name="Hopper", emails=shown)


@pytest.mark.django_db(transaction=True)
def test_c2_whoever_is_public_at_orcid_becomes_a_contact_untold(orcid: SandboxServer) -> None:
    switch = make_switch()
    found = public_person(orcid, "grace@alpha.example")
    other = public_person(orcid, "ada@alpha.example")
    content = csv(
        "Alpha University,grace@alpha.example,,Main contact",
        "Alpha University,ada@alpha.example,0000-0002-1825-0097,Comms",
        "Alpha University,private@alpha.example,,Technical",
        header="Member,Email,ORCID iD,Role",
    )
    page = switch.upload(content, look_up="on")
    # With look-ups it is a worker's.
    go(switch, page)
    perform(run_id=Run.objects.get().pk)

    grace = Contact.objects.get(member=switch.alpha)
    assert (grace.orcid, grace.display_name, grace.roles) == (found, "Grace Hopper", [Role.MAIN])
    # Another iD than the file's hint decides nothing by itself (C4).
    assert (other != "0000-0002-1825-0097", list(invited())) == (
        True, ["ada@alpha.example", "private@alpha.example"],
    )  # fmt: skip
    assert Mail.objects.count() == 0
    assert Run.objects.get().state == "done"


def test_long_files_are_a_workers(switch: Switch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runs, "AT_ONCE", 3)

    page = go(switch, switch.upload(SELF_SERVICE))

    assert (invited(), "0 of 4 done" in page.content.decode()) == ({}, True)
    run = Run.objects.get()
    perform(run_id=run.pk)
    done = switch.client.get(page.request["PATH_INFO"])
    assert done["Location"] == switch.url(f"{latest().pk}/")
    assert len(invited()) == 4


@pytest.mark.django_db(transaction=True)
def test_h6_worker_that_dies_loses_and_doubles_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    switch = make_switch()
    monkeypatch.setattr(applying, "MEMBERS_AT_ONCE", 1)
    run = run_of(switch)
    whole, calls = applying.bring_in_some, []

    def dies_at_the_second(**given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(**given)

    monkeypatch.setattr(import_runs, "bring_in_some", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        perform(run_id=run.pk)
    assert len(invited()) == 2

    Run.objects.filter(pk=run.pk).update(claimed_at="2020-01-01T00:00Z")
    perform(run_id=run.pk)

    assert (len(invited()), ContactImport.objects.count()) == (4, 1)
    assert (latest().present, latest().finished_at is None) == (0, False)


def run_of(switch: Switch) -> Run:
    file = ContentFile(SELF_SERVICE.encode(), name="ours.csv")
    run = import_runs.upload(file=file, look_up=False, consortium=switch.consortium, by=switch.by)
    Run.objects.filter(pk=run.pk).update(state="queued")
    return run


def test_what_changed_meanwhile_is_judged_under_the_lock(switch: Switch) -> None:
    plan = switch.plan(SELF_SERVICE)
    taker = make_contact(switch.beta, [Role.VOTING], given_names="Vera", family_name="Voter")
    make_user(make_contact(switch.alpha, [Role.OTHER]).orcid)

    into = applying.bring_in(plan=plan, file_name="f", by=switch.by)

    assert taker.member == switch.beta
    assert list(invited()) == ["ludwig@beta.example"]
    words = "Alpha University keeps its own contacts: somebody there has signed in."
    assert said(plan) == [
        (2, words),
        (3, words),
        (4, words),
        (6, "Voting contact is Vera Voter there."),
    ]
    assert into.left_out == 4


def test_c2_who_was_taken_off_before_is_asked_and_not_added_again(
    switch: Switch, orcid: SandboxServer
) -> None:
    ida = orcid.add_person(
        given_names="Ida", family_name="Ex",
        emails=[{"email": "ida@alpha.example", "visibility": "public"}],
    )  # fmt: skip
    leaving.remove_contact(contact_id=make_contact(switch.alpha, orcid=ida).pk, by=Actor.system())

    into = switch.bring_in(csv("Alpha University,Ida Ex,ida@alpha.example,Comms"), look_up=True)

    assert (into.added.count(), into.invitations.count()) == (0, 1)


def test_readers_and_others_bring_nobody_in(switch: Switch) -> None:
    plan = switch.plan(SELF_SERVICE)

    for by in (
        Actor.lead(switch.desk.reader),
        Actor.lead(make_user()),
        Actor.contact(switch.manager),
    ):
        with pytest.raises(PermissionDenied):
            applying.bring_in(plan=plan, file_name="f", by=by)
    # Nor go on with what a manager has begun.
    into = applying.open_import(plan=plan, file_name="f", by=switch.by)
    with pytest.raises(PermissionDenied):
        applying.bring_in_some(
            plan=plan, people=plan.people, found={}, into=into, by=Actor.lead(switch.desk.reader)
        )

    assert client_of(switch.desk.reader).get(switch.url()).status_code == 403
    assert invited() == {}


def test_file_is_brought_in_once_and_can_be_thrown_away(switch: Switch) -> None:
    first, second = switch.upload(SELF_SERVICE), switch.upload(SELF_SERVICE)
    go(switch, first)

    run = Run.objects.get(state="done")
    with pytest.raises(ValidationError, match="started already"):
        import_runs.start(run_id=run.pk, by=switch.by)
    url = second.request["PATH_INFO"]
    page = switch.client.post(url, {"do": "discard"}, follow=True).content.decode()

    assert "Nothing was brought in; the file is thrown away." in page
    assert (Run.objects.get(), len(invited())) == (run, 4)


def command(switch: Switch, *options: str, file: str = "self-service.csv") -> str:
    out = io.StringIO()
    slug = switch.consortium.slug
    call_command(
        "import_contacts",
        str(DATA / file),
        f"--consortium={slug}",
        *options,
        stdout=out,
        stderr=out,
    )
    return out.getvalue()


def test_command_shows_then_brings_in_then_finds_nothing_to_do(switch: Switch) -> None:
    shown = command(switch, "--dry-run")
    assert "Row 2, 3: Ada Lovelace <ada@alpha.example>, Alpha University: Main" in shown
    assert "Dry run, nothing was saved. People: 4 to bring in at 2 members" in shown
    assert invited() == {}

    assert "4 invitations and 0 contacts made" in command(switch)
    assert Invitation.objects.values_list("sent_as", flat=True).distinct().get() == "import"
    assert "Nothing to bring in. People: 0 to bring in at 0 members, 4 there already" in command(
        switch, file="jisc-wide.csv"
    )


def test_command_leaves_failing_rows_out_and_says_so(switch: Switch) -> None:
    switch.beta.memberships.update(consortium=None)

    with pytest.raises(CommandError, match="2 rows were left out"):
        command(switch)

    assert list(invited()) == ["ada@alpha.example", "grace@alpha.example"]


def test_command_sends_when_told_to(switch: Switch) -> None:
    assert "4 mails are on their way." in command(switch, "--send")

    assert Mail.objects.filter(kind="invitation").count() == 4


def test_command_for_an_unknown_consortium_names_the_known(switch: Switch) -> None:
    with pytest.raises(CommandError, match="There are: north-consortium"):
        call_command("import_contacts", "x.csv", "--consortium=south")


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(
    switch: Switch, number: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for member in [switch.alpha, switch.beta, switch.desk.lead][:number]:
        ContactImport.objects.create(consortium=switch.consortium, file_name=member.slug)
        make_contact(member, [Role.COMMS], email="known@x.example")
    rows = [
        f"{member},{who}{n}@x.example,Comms"
        for n in range(number)
        for member in ("Alpha University", "Universität Beta")
        for who in ("new", "known")
    ]
    preview = switch.upload(csv(*rows, header="Member,Email,Role")).request["PATH_INFO"]
    for _ in range(number - 1):
        switch.upload(SELF_SERVICE)

    # session, user, desk, imports (rows, count), runs, the desk's names, the menu (members, desks)
    with django_assert_num_queries(9):
        switch.client.get(switch.url())
    # session, user, desk, run; members, their RORs, former addresses; what is there: former
    # contacts, contacts, roles, open and declined invitations, domains, records; the menu (3)
    with django_assert_num_queries(17):
        switch.client.get(preview)
