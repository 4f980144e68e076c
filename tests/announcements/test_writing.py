"""Writing: a draft with a version (H2), a preview that is safe, by managers alone (A4)."""

from typing import Any, cast

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from contacts.models import Announcement, Contact, Mail, User
from contacts.services import announcements
from members.actors import Actor
from members.models import Event
from tests.announcements.conftest import Scene, in_days

GIVEN = {"version": 0, "kind": "event", "subject": "Open day", "body": "Come **all**."}


def post(scene: Scene, page: str, **data: Any) -> Any:
    return scene.client.post(scene.address(page), GIVEN | data)


def test_a_draft_is_saved_with_its_audience_and_sends_nothing(scene: Scene) -> None:
    response = post(scene, "new/", role=["technical", "votes"], country="GB")

    draft = Announcement.objects.get()
    assert response["Location"] == scene.address(f"{draft.pk}/")
    assert (draft.kind, draft.subject, draft.body) == ("event", "Open day", "Come **all**.")
    assert draft.audience == {"roles": ["technical", "votes"], "filters": {"country": "GB"}}
    assert (draft.state, draft.created_by) == ("draft", scene.user)
    assert Mail.objects.count() == 0
    event = Event.objects.get()
    assert (event.kind, event.capacity) == ("announcement_written", "lead")
    assert event.consortium == scene.consortium


def test_writers_whose_name_is_not_public_are_known_by_the_leads(scene: Scene) -> None:
    post(scene, "new/")
    User.objects.update(name="")
    known = Contact.objects.get(orcid=scene.user.orcid, member=scene.consortium.lead)

    shown = scene.client.get(scene.address()).content.decode()

    assert f"<span>{known.display_name} <span" in shown


def test_selection_of_the_contact_list_becomes_the_audience(scene: Scene) -> None:
    page = scene.client.get(scene.address("new/"), {"role": ["comms"], "search": "alpha"})

    assert page.context["chosen"].chosen() == {"search": "alpha", "role": ["comms"]}


def test_errors_stand_beside_what_was_typed(scene: Scene) -> None:
    response = post(scene, "new/", subject="", body="Kept", country="XX")

    assert response.context["form"].errors == {"subject": ["This field is required."]}
    assert response.context["chosen"].errors == {"country": ["Choose one of the list."]}
    assert ">\nKept</textarea>" in response.content.decode()
    assert Announcement.objects.count() == 0


def test_preview_button_shows_the_mail_and_saves_nothing(scene: Scene) -> None:
    page = post(scene, "new/", preview="1").content.decode()

    assert "<p>Come <strong>all</strong>.</p>" in page
    assert "Open day" in page
    assert "help@spring.example" in page
    assert "You get invitations to events from Spring Consortium" in page
    assert Announcement.objects.count() == 0


def test_preview_is_updated_while_typing(scene: Scene) -> None:
    part = post(scene, "preview/", body="## Head\n[x](https://x.example)").content.decode()

    assert "<html" not in part
    assert "<h2>Head</h2>" in part
    assert "x (https://x.example)" in part  # the text part


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", "[x](javascript:alert(1))", '<img src=x onerror="a()">']
)
def test_what_is_written_cannot_run_anything(scene: Scene, evil: str) -> None:
    shown = post(scene, "preview/", body=evil).content.decode().partition("<pre")[0]

    assert "<script" not in shown
    assert "javascript:" not in shown.replace("](javascript:", "")
    assert "<img" not in shown


def test_preview_of_an_official_notice_offers_no_unsubscribing(scene: Scene) -> None:
    part = post(scene, "preview/", kind="official").content.decode()

    assert "This is an official notice" in part
    assert "Unsubscribe" not in part


def test_h2_the_second_to_edit_is_told_and_loses_nothing(scene: Scene) -> None:
    draft = scene.write()
    first = announcements.edit_announcement(
        announcement_id=draft.pk, version=1, by=scene.by, body="By the first", subject="First"
    )

    late = post(scene, f"{draft.pk}/edit/", version=1, body="By the second")
    again = post(scene, f"{draft.pk}/edit/", version=first.version, body="By the second")

    page = late.content.decode()
    assert late.status_code == 409
    assert "By the second</textarea>" in page
    assert "By the first</pre>" in page
    assert "<ins><span" in page  # the subject, before and now
    assert f'name="version" value="{first.version}"' in page
    assert again.status_code == 302
    draft.refresh_from_db()
    assert (draft.body, draft.version) == ("By the second", 3)


def test_saving_what_is_the_same_changes_nothing(scene: Scene) -> None:
    draft = scene.write()

    announcements.edit_announcement(
        announcement_id=draft.pk, version=1, by=scene.by, subject=draft.subject
    )

    draft.refresh_from_db()
    assert draft.version == 1
    assert Event.objects.count() == 1


def test_what_is_on_its_way_cannot_be_edited(scene: Scene) -> None:
    scene.person("a")
    draft = scene.send(scene.write())

    page = scene.client.get(scene.address(f"{draft.pk}/edit/"))
    with pytest.raises(ValidationError):
        announcements.edit_announcement(
            announcement_id=draft.pk, version=draft.version, by=scene.by, body="Other"
        )

    assert page["Location"] == scene.address(f"{draft.pk}/")


def test_a_draft_can_be_thrown_away_by_whoever_has_read_it_last(scene: Scene) -> None:
    draft = scene.write()

    scene.client.post(scene.address(f"{draft.pk}/discard/"), {"version": 7})
    kept = Announcement.objects.count()
    scene.client.post(scene.address(f"{draft.pk}/discard/"), {"version": 1})

    assert (kept, Announcement.objects.count()) == (1, 0)
    assert Event.objects.order_by("-pk")[0].kind == "announcement_stopped"


def test_a4_services_too_ask_for_a_manager(scene: Scene) -> None:
    draft = scene.write()
    reader = Actor.lead(cast("User", scene.reading.get("/me/").wsgi_request.user))
    as_contact = Actor.contact(scene.user)

    for by in (reader, as_contact):
        for call in (
            lambda by=by: announcements.write_announcement(
                consortium_id=scene.consortium.pk, by=by, kind="event", subject="S", body="B"
            ),
            lambda by=by: announcements.edit_announcement(
                announcement_id=draft.pk, version=1, by=by, body="X"
            ),
            lambda by=by: announcements.send_announcement(
                announcement_id=draft.pk, version=1, by=by
            ),
            lambda by=by: announcements.send_test(announcement_id=draft.pk, by=by),
            lambda by=by: announcements.stop_announcement(announcement_id=draft.pk, by=by),
        ):
            with pytest.raises(PermissionDenied):
                call()


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_of_the_list_does_not_grow(
    scene: Scene, number: int, django_assert_num_queries
) -> None:
    scene.person("a")
    for _ in range(number):
        scene.send(scene.write(), send_at=in_days(1))

    client = scene.reading
    # session, user, desk, announcements, their number, deliveries, the desk's names; for the menu:
    # members, desks
    with django_assert_num_queries(9):
        client.get(scene.address())
