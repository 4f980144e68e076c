"""Drafts of works that are public at ORCID, as they are there: they come, and leave again (O2, O7)."""

from typing import Any

import pytest
from django.urls import reverse

from contacts.models import User
from integrations.orcid import http
from integrations.works.models import MemberWork, Work
from integrations.works.services import grants, member_works, own
from members.actors import Actor
from members.models import Event
from tests.sandbox_server import SandboxServer
from tests.works.conftest import Researcher, make_researcher
from tests.works.record import Json, work
from tests.works_member.conftest import House, typed


@pytest.fixture
def ada(house: House, orcid: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Researcher:
    """Her record has been read before she turned the switch."""
    monkeypatch.setattr(http, "_sleep", lambda _seconds: None)
    ada = make_researcher(orcid)
    ada.has(known("public", "Before"))
    ada.sync()
    lets(house, ada, "draft")
    return ada


def lets(house: House, person: Researcher, *purposes: str) -> None:
    by = Actor.contact(person.user)
    grants.switch_on(member_id=house.member.pk, purposes=purposes, by=by)


def known(visibility: str, title: str = "On engines", **more: Any) -> Json:
    """A work with a DOI made of its title."""
    doi = f"10.5555/{title.lower().replace(' ', '-')}"
    return work(title, doi=doi, visibility=visibility, **more)


def becomes(person: Researcher, visibility: str, put_code: int, **more: Any) -> None:
    """At ORCID; and is read."""
    person.has(known(visibility, put_code=put_code, **more))
    person.sync()


def change(house: House, draft: MemberWork, **content: str) -> None:
    """The desk works on it."""
    by = Actor.contact(house.keeper)
    member_works.change_work(work_id=draft.pk, version=draft.version, content=content, by=by)


def kinds(house: House) -> list[str]:
    about = Event.objects.filter(member=house.member, changes__has_key="works")
    return list(about.order_by("pk").values_list("kind", flat=True))


def edits(person: User, title: str, /, **content: Any) -> None:
    """The person, in their own list here."""
    mine = Work.objects.get(person=person, title=title)
    by = Actor.contact(person)
    own.change_work(work_id=mine.pk, version=mine.version, content=content, by=by)


def test_o7_what_becomes_public_only_later_is_new_then(house: House, ada: Researcher) -> None:
    (code,) = ada.has(known("limited"))
    ada.sync()
    before = house.states()

    becomes(ada, "public", code)
    ada.sync()

    assert (before, house.states()) == ({}, {"On engines": "draft"})


def test_o7_also_what_was_there_before_the_switch_but_not_for_all(
    house: House, ada: Researcher
) -> None:
    bo = make_researcher(ada.sandbox, "Bo Li")
    (code,) = bo.has(known("limited"))
    bo.sync()
    lets(house, bo, "draft")

    becomes(bo, "public", code)

    assert house.states() == {"On engines": "draft"}


@pytest.mark.parametrize("how", ["limited", "private", "deleted"])
def test_o7_an_untouched_draft_leaves_with_what_is_no_longer_public(
    house: House, ada: Researcher, how: str
) -> None:
    (code,) = ada.has(known("public"))
    ada.sync()
    there = house.states()

    if how == "deleted":
        ada.lacks(code)
        ada.sync()
    else:
        becomes(ada, how, code)

    assert (there, house.states()) == ({"On engines": "draft"}, {})
    assert kinds(house) == ["works_added", "drafts_withdrawn"]
    for page in (house.url("works"), reverse("tools:history", args=[house.member.slug])):
        assert "On engines" not in house.client().get(page).content.decode()
    history = house.client().get(reverse("tools:history", args=[house.member.slug]))
    assert "Drafts withdrawn: no longer public at ORCID" in history.content.decode()


def test_o7_it_leaves_also_when_the_permission_has_ended(house: House, ada: Researcher) -> None:
    (code,) = ada.has(known("public"))
    ada.sync()
    grants.switch_off(member_id=house.member.pk, by=Actor.contact(ada.user))

    becomes(ada, "private", code)

    assert house.states() == {}


def test_what_the_institution_has_worked_on_is_its_own(house: House, ada: Researcher) -> None:
    codes = ada.has(known("public"), known("public", "Validated"))
    ada.sync()
    change(house, MemberWork.objects.get(title="On engines"), journal_title="Annals")
    validated = MemberWork.objects.get(title="Validated")
    pressed = {"state": "validated", "version": validated.version}
    house.client().post(house.url("work_state", validated.pk), pressed)

    ada.lacks(*codes)
    ada.sync()

    assert house.states() == {"On engines": "draft", "Validated": "validated"}


def test_what_is_public_again_is_a_draft_again(house: House, ada: Researcher) -> None:
    (code,) = ada.has(known("public"))
    ada.sync()
    becomes(ada, "limited", code)

    becomes(ada, "public", code)

    assert house.states() == {"On engines": "draft"}


def test_o7_drafts_taken_over_by_hand_leave_too(house: House, ada: Researcher) -> None:
    lets(house, ada, "list")
    (code,) = ada.has(known("public"))
    grants.switch_off(member_id=house.member.pk, purposes=["draft"], by=Actor.contact(ada.user))
    ada.sync()
    house.client().post(house.url("researcher_take", ada.user.orcid))
    taken = house.states()

    becomes(ada, "limited", code)

    assert (taken, house.states()) == (
        {"Before": "draft", "On engines": "draft"},
        {"Before": "draft"},
    )


def test_a_work_without_identifier_is_taken_over_once_however_it_came(
    house: House, ada: Researcher
) -> None:
    ada.has(work("Nameless", published="2024"))
    ada.sync()
    lets(house, ada, "list")
    drafted = house.states()

    for _press in range(2):
        house.client().post(house.url("researcher_take", ada.user.orcid))

    titles = sorted(MemberWork.objects.values_list("title", flat=True))
    assert (drafted, titles) == ({"Nameless": "draft"}, ["Before", "Nameless"])


def test_o7_what_a_person_edited_here_stays_theirs(house: House, ada: Researcher) -> None:
    lets(house, ada, "list")
    edits(ada.user, "Before", title="Before, in secret", short_description="Only I know")
    ada.sync()

    url = house.url("researcher", ada.user.orcid)
    page = house.client().get(url).content.decode()
    house.client().post(house.url("researcher_take", ada.user.orcid))

    draft = MemberWork.objects.get()
    assert (draft.title, draft.short_description) == ("Before", "")
    assert ("in secret" in page, "Before" in page) == (False, True)
    assert ada.titles == ["Before, in secret"]


def test_o7_what_orcid_says_of_an_edited_work_later_is_what_others_see(
    house: House, ada: Researcher
) -> None:
    lets(house, ada, "list")
    edits(ada.user, "Before", title="Mine")
    [mine] = ada.works
    ada.has(work("Before, corrected", doi="10.5555/before", put_code=mine.put_code))
    ada.sync()

    house.client().post(house.url("researcher_take", ada.user.orcid))

    assert (house.states(), ada.titles) == ({"Before, corrected": "draft"}, ["Mine"])


def test_o7_of_a_work_typed_here_too_only_orcids_words_are_told(
    house: House, ada: Researcher
) -> None:
    client = house.client(ada.user)
    client.post(reverse("works:add"), typed("Typed with a secret") | {"add_anyway": "1"})
    assert ada.titles == ["Before", "Typed with a secret"]

    ada.has(work("At ORCID", doi="10.5555/typed"))
    ada.sync()

    assert (house.states(), ada.titles) == (
        {"At ORCID": "draft"},
        ["Before", "Typed with a secret"],
    )
