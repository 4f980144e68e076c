"""The logo: recognised by content, within limits, kept without metadata, served to who may see it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.logos import MAX_BYTES
from members.models import Consortium, Event, Member
from tests.factories import make_member
from tests.members.people import contact_of, desk_reader, errors, last_event
from tests.pictures import bomb, drawn, files
from tests.reading import said


def url(member: Member) -> str:
    return f"/tools/{member.slug}/logo"


def upload(
    client: Client, member: Member, content: bytes, name: str = "logo.png", version: int = 1
) -> Any:
    """Send the picture as a browser does."""
    file = SimpleUploadedFile(name, content, "image/png")
    return client.post(url(member), {"version": version, "picture": file}, follow=True)


def content_of(member: Member) -> bytes:
    with Member.objects.get(pk=member.pk).logo.open("rb") as file:
        content: bytes = file.read()
    return content


def kept(member: Member) -> Image.Image:
    return Image.open(io.BytesIO(content_of(member)))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_a_contact_adds_a_logo_and_sees_it(member: Member, format_: str) -> None:
    client = contact_of(member)

    response = upload(client, member, drawn(format_))

    assert said(response) == ["The logo is saved."]
    served = client.get(url(member))
    assert served["Content-Type"] == f"image/{format_.lower()}"
    assert Image.open(io.BytesIO(served.content)).size == (300, 150)


def test_the_logo_is_an_event_and_a_version(member: Member) -> None:
    upload(contact_of(member), member, drawn())

    stored = Member.objects.get(pk=member.pk)
    event = last_event(member)
    assert event.kind == Event.Kind.INFORMATION_CHANGED
    assert event.changes == {"fields": {"logo": ["", stored.logo.name]}, "member_version": 2}


def test_the_name_of_the_file_is_not_kept(member: Member, media: Path) -> None:
    upload(contact_of(member), member, drawn(), "../../evil name.php")

    (file,) = files(media)
    assert file.parent == media / "logos"
    assert len(file.stem) == 32
    assert file.suffix == ".png"


def test_transparency_is_kept(member: Member) -> None:
    upload(contact_of(member), member, drawn(mode="RGBA"))

    assert kept(member).mode == "RGBA"


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_metadata_is_dropped(member: Member, format_: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"  # ImageDescription
    exif.get_ifd(0x8825)[1] = "N"  # GPS

    upload(contact_of(member), member, drawn(format_, exif=exif))

    content = content_of(member)
    assert b"taken at home" not in content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}


@pytest.mark.parametrize(
    ("format_", "hidden"),
    [
        ("JPEG", {"comment": b"taken at home"}),
        ("JPEG", {"icc_profile": b"taken at home"}),
        ("PNG", {"icc_profile": b"taken at home"}),
        ("WEBP", {"icc_profile": b"taken at home"}),
        ("WEBP", {"xmp": b"taken at home"}),
    ],
)
def test_comments_and_profiles_are_dropped(
    member: Member, format_: str, hidden: dict[str, Any]
) -> None:
    upload(contact_of(member), member, drawn(format_, **hidden))

    with kept(member) as stored:
        stored.load()
        assert not {"comment", "icc_profile", "xmp", "exif"} & set(stored.info)


def test_the_cameras_orientation_is_applied_before_it_is_dropped(member: Member) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees

    upload(contact_of(member), member, drawn("JPEG", (150, 300), exif=exif))

    assert kept(member).size == (300, 150)


def test_a_text_hidden_behind_the_picture_is_dropped(member: Member) -> None:
    upload(contact_of(member), member, drawn() + b"<script>alert(1)</script>")

    assert b"script" not in content_of(member)


def test_a_large_picture_is_made_smaller(member: Member) -> None:
    upload(contact_of(member), member, drawn(size=(4000, 2000)))

    assert kept(member).size == (1600, 800)


NO_PICTURE = "This is not a PNG, JPEG or WebP picture, or it is damaged."
TOO_MANY = "The logo has too many pixels: 25 million at most."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', NO_PICTURE),
        (b"GIF89a" + b"\0" * 100, NO_PICTURE),
        (drawn("GIF"), NO_PICTURE),
        (drawn()[:100], NO_PICTURE),
        (b"", "The submitted file is empty."),
        (bomb(), TOO_MANY),
        (drawn(size=(5001, 5000)), TOO_MANY),
        (drawn() + b"\0" * MAX_BYTES, "The logo is larger than 2 MB."),
        (
            drawn(size=(199, 100)),
            "The logo is too small: it has 199 × 100 pixels and needs at least 200 × 100.",
        ),
        (
            drawn(size=(200, 99)),
            "The logo is too small: it has 200 × 99 pixels and needs at least 200 × 100.",
        ),
    ],
    ids=["svg", "gif start", "gif", "cut", "empty", "bomb", "huge", "large", "narrow", "low"],
)
def test_what_is_no_usable_picture_is_refused_with_the_reason(
    member: Member, media: Path, content: bytes, message: str
) -> None:
    response = upload(contact_of(member), member, content)

    assert errors(response, "logo_form") == {"picture": [message]}
    assert not Member.objects.get(pk=member.pk).logo
    assert files(media) == []


@pytest.mark.parametrize("size", [(200, 100), (5000, 5000)])
def test_the_limits_themselves_are_allowed(member: Member, size: tuple[int, int]) -> None:
    upload(contact_of(member), member, drawn(size=size))

    assert Member.objects.get(pk=member.pk).logo


@pytest.mark.django_db(transaction=True)
def test_the_old_file_goes_when_the_logo_is_replaced(member: Member, media: Path) -> None:
    client = contact_of(member)
    upload(client, member, drawn())
    (old,) = files(media)

    upload(client, member, drawn("WEBP"), version=2)

    (new,) = files(media)
    assert (old.suffix, new.suffix) == (".png", ".webp")


@pytest.mark.django_db(transaction=True)
def test_a_logo_is_removed_with_its_file(member: Member, media: Path) -> None:
    client = contact_of(member)
    upload(client, member, drawn())

    response = client.post(f"{url(member)}/remove", {"version": 2}, follow=True)

    assert said(response) == ["The logo is removed."]
    assert files(media) == []
    assert client.get(url(member)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_leaves_the_old_file_and_no_other(
    member: Member, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*events: Event) -> None:
        raise RuntimeError("no event")

    client = contact_of(member)
    upload(client, member, drawn())
    before = files(media)
    monkeypatch.setattr(Event, "append", fail)

    with pytest.raises(RuntimeError, match="no event"):
        upload(client, member, drawn("WEBP"), version=2)

    assert files(media) == before
    assert Member.objects.get(pk=member.pk).logo.name == f"logos/{before[0].name}"


@pytest.mark.parametrize("path", ["", "/remove"])
def test_somebody_elses_new_logo_is_not_replaced_unseen(member: Member, path: str) -> None:
    upload(contact_of(member), member, drawn())
    first = Member.objects.get(pk=member.pk).logo.name
    data = {"version": 1, "picture": SimpleUploadedFile("b.png", drawn("WEBP"))}

    response = contact_of(member).post(url(member) + path, data)

    assert response.context["stale"].version == 2
    assert Member.objects.get(pk=member.pk).logo.name == first


def test_the_lead_desk_sees_the_logo_and_cannot_change_it(
    consortium: Consortium, member: Member
) -> None:
    upload(contact_of(member), member, drawn())
    reader = desk_reader(consortium, make_member("Lead", consortium))

    got = reader.get(url(member))
    posted = reader.post(url(member), {"version": 2})
    removed = reader.post(f"{url(member)}/remove", {"version": 2})

    assert (got.status_code, posted.status_code, removed.status_code) == (200, 403, 403)
    assert Member.objects.get(pk=member.pk).logo


def test_a_stranger_does_not_find_the_logo(consortium: Consortium, member: Member) -> None:
    upload(contact_of(member), member, drawn())
    stranger = contact_of(make_member("Other", consortium))

    answers = [
        stranger.get(url(member)),
        stranger.post(url(member), {"version": 2}),
        stranger.post(f"{url(member)}/remove", {"version": 2}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Member.objects.get(pk=member.pk).logo


def test_a_logo_whose_file_is_lost_is_not_found(member: Member, media: Path) -> None:
    client = contact_of(member)
    upload(client, member, drawn())
    files(media)[0].unlink()

    assert client.get(url(member)).status_code == 404
