"""What those who keep works, and researchers, read and can do next: words, counts, confirmations."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import Mail, Run, User
from contacts.services import runs
from integrations.push.models import Delivery
from integrations.works.models import Keeper, MemberWork, WorksPolicy
from integrations.works.services import grants, imports, keepers
from members.actors import Actor
from members.models import Event
from tests.factories import (
    make_connection,
    make_consortium,
    make_contact,
    make_member,
    make_user,
)
from tests.reading import words
from tests.works_member.conftest import House, by, doi, make_member_work, typed, written


def page(house: House, name: str = "works", *args: object, query: str = "") -> str:
    answer = house.client().get(house.url(name, *args) + query)
    assert answer.status_code == 200
    return words(answer)


def failed(house: House, work: MemberWork, *names: str) -> list[Delivery]:
    """Deliveries of the work that need somebody, to people who let the house push."""
    people = [house.researcher(name) for name in names]
    return [
        Delivery.objects.create(
            connection=make_connection(str(person.orcid)),
            section="work",
            item_id=work.pk,
            member=house.member,
            state="failed",
            error_code="9022",
        )
        for person in people
    ]


def test_a_public_work_that_orcid_would_not_take_is_marked_in_the_list(house: House) -> None:
    make_member_work(house.member, "Whole", state="public")
    make_member_work(house.member, "A draft may lack it", identifiers=[])
    assert "Lacks date or identifier" not in page(house)

    part_of = [doi("10.5555/book", "part-of")]
    make_member_work(house.member, "Without", state="public", identifiers=part_of)

    assert page(house).count("Lacks date or identifier") == 1


def test_publishing_several_says_how_many_cannot_go_to_orcid_yet(house: House) -> None:
    whole = make_member_work(house.member, "Whole")
    dateless = make_member_work(house.member, "Dateless", published="")
    client = house.client()
    sent = {"pk": [whole.pk, dateless.pk], "state": "public"}

    said = words(client.post(house.url("works_states"), sent, follow=True))

    assert "2 works are public now." in said
    assert "1 of them cannot go to ORCID records yet" in said


def test_the_list_says_what_taking_back_means_before_the_press(house: House) -> None:
    make_member_work(house.member)
    assert "When a work is no longer public, it stays on ORCID records." in page(house)

    WorksPolicy.objects.create(member=house.member, on_unpublish="delete")

    assert "When a work is no longer public, it is deleted from ORCID records." in page(house)


def test_the_filter_offers_the_types_of_the_list_and_the_one_asked_for(house: House) -> None:
    make_member_work(house.member, type="book")

    plain = house.client().get(house.url("works")).content.decode()
    asked = house.client().get(house.url("works") + "?type=patent").content.decode()

    offered = [f'value="{kind}"' in plain for kind in ("book", "journal-article", "patent")]
    assert offered == [True, False, False]
    assert 'value="patent" selected' in asked


def test_a_work_that_failed_on_three_records_is_one_to_look_at(house: House) -> None:
    failed(house, make_member_work(house.member, state="public"), "Ada", "Grace", "Ida")

    overview = words(house.client().get(reverse("tools:overview", args=[house.member.slug])))

    assert "1 work could not be sent to an ORCID record" in overview


def test_o2_what_failed_for_somebody_who_left_needs_nobody_any_more(house: House) -> None:
    (delivery,) = failed(house, make_member_work(house.member, state="public"), "Ada")
    ada = delivery.connection.orcid

    grants.end_affiliation(
        member_id=house.member.pk,
        person_id=User.objects.get(orcid=ada).pk,
        by=Actor.contact(house.contact),
    )

    overview = words(house.client().get(reverse("tools:overview", args=[house.member.slug])))
    assert "could not be sent" not in overview
    delivery.refresh_from_db()
    assert (delivery.state, delivery.problem) == (
        "waiting",
        "The person has not switched on that the institution may push.",
    )


def test_a_work_that_was_sent_in_can_be_given_back(house: House) -> None:
    ada = house.researcher()
    WorksPolicy.objects.create(member=house.member, validate_first=True)
    client = house.client(ada)
    added = client.post(reverse("works:institution_add", args=[house.member.slug]), typed())
    work = MemberWork.objects.get()
    assert "Send it in when it is right." in words(client.get(added["Location"]))
    sent = {"version": work.version}
    client.post(reverse("works:institution_publish", args=[work.pk]), sent)
    work.refresh_from_db()
    assert "Give it back to the researcher" in page(house, "work", work.pk)

    back = {"state": "draft", "version": work.version}
    house.client().post(house.url("work_state", work.pk), back)

    work.refresh_from_db()
    assert (work.state, work.asked_at) == ("draft", None)
    assert Event.objects.latest("pk").changes["asked"] is False
    shown = words(client.get(reverse("works:institution_work", args=[work.pk])))
    assert "Send it in" in shown


def test_a_researcher_is_asked_before_a_draft_is_deleted(house: House) -> None:
    ada = house.researcher()
    own = make_member_work(house.member, "Mine", added_by=ada, origin="researcher")
    other = make_member_work(house.member, "Theirs", contributors=by(ada), state="public")
    client = house.client(ada)

    asked = client.get(reverse("works:institution_delete", args=[own.pk]))

    assert "Delete this draft?" in words(asked)
    assert client.get(reverse("works:institution_delete", args=[other.pk])).status_code == 403
    assert MemberWork.objects.filter(pk=own.pk).exists()
    client.post(reverse("works:institution_delete", args=[own.pk]), {"version": own.version})
    assert not MemberWork.objects.filter(pk=own.pk).exists()


def test_a_preview_tells_who_of_the_file_has_signed_in_here(house: House) -> None:
    ada = make_user(name="Ada Lovelace")
    people = f"Ada L. ({ada.orcid}); Grace Hopper (0000-0002-1825-0097)"
    file = f"Type,Title,Date,DOI,People\nBook,On whales,2020,10.5555/w,{people}\n".encode()

    sent = {"file": SimpleUploadedFile("works.csv", file)}
    client = house.client()
    answer = client.post(house.url("works_import"), sent)

    for key in Run.objects.filter(state="queued").values_list("pk", flat=True):
        runs.perform(run_id=key)

    preview = words(client.get(answer["Location"]))

    assert "Authors here" in preview
    assert "Ada Lovelace" in preview
    assert "1 iD has not signed in here" in preview


def test_a_long_file_does_not_say_nothing_of_nothing_is_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "READ_AT_ONCE", 0)
    file = SimpleUploadedFile("works.csv", b"Type,Title,Date\nBook,On whales,2020\n")

    answer = house.client().post(house.url("works_import"), {"file": file}, follow=True)

    assert "How much there is to do is not known yet." in words(answer)
    assert "0 of" not in words(answer)


def test_of_more_people_than_rows_somebody_who_has_signed_in_can_be_named(house: House) -> None:
    ada = house.researcher("Ada Lovelace")
    names = [*(f"Author {n}" for n in range(150)), "Lovelace, Ada"]
    people = [
        {"name": name, "orcid": "", "role": "author", "sequence": "additional"} for name in names
    ]
    work = make_member_work(house.member, "Detector", contributors=people)
    assert "The 151 people of this work are kept as they are" in page(house, "work", work.pk)
    sent = typed("Detector", version=str(work.version), known_author=str(ada.orcid))

    house.client().post(house.url("work", work.pk), sent)

    work.refresh_from_db()
    assert len(work.contributors) == 151
    assert work.contributors[150] | {"sequence": ""} == {
        "name": "Lovelace, Ada", "orcid": ada.orcid, "role": "author", "sequence": "",
    }  # fmt: skip
    assert written(work) == ["Ada Lovelace"]


def test_nobody_can_be_named_who_has_not_signed_in_here(house: House) -> None:
    house.researcher("Ada Lovelace")
    people = [{"name": f"A {n}", "orcid": "", "role": "", "sequence": ""} for n in range(150)]
    work = make_member_work(house.member, "Detector", contributors=people)
    sent = typed("Detector", version=str(work.version), known_author="0000-0002-1825-0097")

    answer = house.client().post(house.url("work", work.pk), sent)

    assert "Not saved yet" in words(answer)
    assert written(work) == []


# --- The desk -----------------------------------------------------------------------------------


def test_somebody_on_a_desk_finds_it_first_and_on_their_own_page(house: House) -> None:
    client = house.client(house.keeper)

    front = words(client.get(reverse("home")))
    own = words(client.get(reverse("me:home")))

    assert front.index("Publications desk") < front.index("Your publications")
    assert "Where you are on the publications desk" in own
    assert house.member.display_name in own
    assert "You are not a contact of any organisation here" not in own


def test_a_contact_of_one_member_finds_the_desk_of_another(house: House) -> None:

    other = make_member("Elsewhere College", consortium=make_consortium())
    make_contact(other, orcid=str(house.keeper.orcid))

    front = words(house.client(house.keeper).get(reverse("home")))

    assert ("Elsewhere College" in front, house.member.display_name in front) == (True, True)


def test_leaving_the_desk_is_asked_once_more(house: House) -> None:
    client = house.client(house.keeper)

    asked = words(client.get(house.url("works_desk_leave")))

    assert "Leave the publications desk?" in asked
    assert Keeper.objects.of(house.keeper).exists()
    client.post(house.url("works_desk_leave"))
    assert not Keeper.objects.of(house.keeper).exists()


def test_c2_this_is_not_me_takes_somebody_off_the_desk_without_signing_in(house: House) -> None:
    keeper = Keeper.objects.get()
    link = reverse("keeper_not_me", args=[keepers.not_me_token(keeper)])

    asked = words(Client().get(link))
    assert (house.member.display_name in asked, Keeper.objects.current().count()) == (True, 1)

    done = words(Client().post(link))

    assert "You are off the publications desk" in done
    assert not Keeper.objects.current().exists()
    event = Event.objects.latest("pk")
    assert (event.kind, event.changes["not_me"]) == (Event.Kind.KEEPER_REMOVED, True)
    assert "does not work any more" in words(Client().get(link))
    assert Client().post(link).status_code in {404, 410}


@pytest.mark.parametrize("token", ["nonsense", "a:b:c"])
def test_c2_a_link_that_is_not_ours_takes_nobody_off(house: House, token: str) -> None:
    Client().post(reverse("keeper_not_me", args=[token]))

    assert Keeper.objects.current().count() == 1
    assert not Mail.objects.exists()
