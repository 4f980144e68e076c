"""The picture: recognised by content, within limits, an upright square without metadata."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from contacts.models import User
from contacts.portraits import MAX_BYTES
from contacts.services.profiles import save_profile
from members.actors import Actor
from tests.factories import make_user
from tests.lead.desk import client_of
from tests.pictures import bomb, drawn, files
from tests.profile.steps import PICTURE, file, save


def kept(client: Client) -> Image.Image:
    return Image.open(io.BytesIO(client.get(PICTURE).content))


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_becomes_a_square_that_its_owner_sees(
    browser: Client, person: User, format_: str
) -> None:
    response = save(browser, picture=file(drawn(format_, (900, 600))))

    answer = browser.get(PICTURE)
    assert (answer["Content-Type"], kept(browser).size) == ("image/webp", (400, 400))
    person.refresh_from_db()
    version = str(person.picture.name)[7:15]
    assert f'<img class="avatar" src="{PICTURE}?v={version}" alt=""' in response.text


def test_the_name_of_the_file_is_not_kept(browser: Client, media: Path) -> None:
    save(browser, picture=file(drawn(), "../../evil name.php"))

    (only,) = files(media)
    assert (only.parent, len(only.stem), only.suffix) == (media / "people", 32, ".webp")


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
def test_where_and_when_it_was_taken_is_dropped(browser: Client, format_: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    hidden: dict[str, Any] = {"exif": exif, "icc_profile": b"taken at home"}

    save(browser, picture=file(drawn(format_, **hidden)))

    content = browser.get(PICTURE).content
    assert b"taken at home" not in content
    with Image.open(io.BytesIO(content)) as stored:
        stored.load()
        assert dict(stored.getexif()) == {}
        assert not {"comment", "icc_profile", "xmp", "exif"} & set(stored.info)


def test_it_is_turned_as_the_camera_was_held(browser: Client) -> None:
    upper = Image.new("RGB", (200, 200), "white")
    upper.paste("black", (0, 0, 100, 200))  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: left becomes top
    written = io.BytesIO()
    upper.save(written, "JPEG", exif=exif)

    save(browser, picture=file(written.getvalue()))

    shown = kept(browser).convert("L")
    width = shown.width
    pixels = shown.tobytes()
    top, bottom = pixels[20 * width + 100], pixels[180 * width + 100]
    assert (top < 40, bottom > 215) == (True, True)


@pytest.mark.parametrize(
    "behind", [b"<script>alert(1)</script>", b"<?php system($_GET[0]);", b"PK\x03\x04evil"]
)
def test_what_is_hidden_in_the_file_is_dropped(browser: Client, behind: bytes) -> None:
    save(browser, picture=file(drawn("GIF") + behind))

    answer = browser.get(PICTURE)
    assert behind not in answer.content
    assert answer["X-Content-Type-Options"] == "nosniff"


def moving() -> bytes:
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    return written.getvalue()


NO_PICTURE = "This is not a JPEG, PNG, WebP or GIF picture, or it is damaged."
SVG = "SVG drawings are not taken. Save it as PNG, and send that."
TOO_MANY = "The picture has too many pixels: 25 million at most. Make it smaller, or cut it."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', SVG),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg onload="alert(1)"/>', SVG),
        (b"%PDF-1.4", NO_PICTURE),
        (drawn("BMP"), NO_PICTURE),
        (drawn("TIFF"), NO_PICTURE),
        (drawn()[:90], NO_PICTURE),
        (b"", "The submitted file is empty."),
        (bomb(), TOO_MANY),
        (drawn(size=(5001, 5000)), TOO_MANY),
        (drawn() + b"\0" * MAX_BYTES, "The file is larger than 8 MB."),
        (moving(), "This picture moves. Choose one that stands still."),
        (
            drawn(size=(99, 400)),
            "The picture is too small: it has 99 × 400 pixels and needs at least 100 × 100.",
        ),
    ],
    ids=["svg", "svg in xml", "pdf", "bmp", "tiff", "cut", "empty", "bomb", "huge", "large",
         "moves", "small"],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_beside_the_field(
    browser: Client, media: Path, content: bytes, message: str
) -> None:
    response = save(browser, title="Kept", picture=file(content))

    form = response.context["form"]
    assert form.errors == {"picture": [message]}
    assert form["title"].value() == "Kept"
    assert files(media) == []


@pytest.mark.django_db(transaction=True)
def test_the_old_file_goes_with_the_next_picture_and_with_its_removal(media: Path) -> None:
    browser = client_of(make_user(name="Ada Lovelace"))
    save(browser, picture=file(drawn()))
    (first,) = files(media)
    save(browser, picture=file(drawn(size=(500, 500))))
    (second,) = files(media)

    response = save(browser, without_picture="on")

    assert first != second
    assert files(media) == []
    assert '<span class="avatar" aria-hidden="true">AL</span>' in response.text
    assert browser.get(PICTURE).status_code == 404


def test_a_picture_is_nobody_elses_to_see(person: User, browser: Client) -> None:
    save(browser, picture=file(drawn()))
    stranger = client_of(make_user())
    person.refresh_from_db()

    assert browser.get(PICTURE).status_code == 200
    assert stranger.get(PICTURE).status_code == 404
    assert Client().get(f"/media/{person.picture.name}").status_code == 404


def test_saving_the_rest_leaves_the_picture(person: User, browser: Client) -> None:
    save(browser, picture=file(drawn()))
    before = browser.get(PICTURE).content

    save(browser, title="Analyst")
    save_profile(user_id=person.pk, by=Actor.contact(person), title="Poet")

    assert browser.get(PICTURE).content == before


def test_a_picture_whose_file_is_lost_is_not_found(browser: Client, media: Path) -> None:
    save(browser, picture=file(drawn()))
    before = browser.get(PICTURE).status_code
    files(media)[0].unlink()

    assert (before, browser.get(PICTURE).status_code) == (200, 404)


def test_pictures_are_decoded_so_often_and_no_more(browser: Client, settings: Settings) -> None:
    settings.PICTURES_PER_PERSON_PER_HOUR = 2
    save(browser, picture=file(drawn()))
    save(browser, picture=file(b"no picture"))

    refused = save(browser, title="Kept", picture=file(drawn()))
    without = save(browser, title="Saved")

    assert refused.context["form"].errors == {
        "picture": ["Too many attempts. Try again in 60 minutes."]
    }
    assert refused.context["form"]["title"].value() == "Kept"
    assert without.context["profile"].title == "Saved"
