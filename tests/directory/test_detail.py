"""An organisation's public page, and its logo."""

import datetime
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from members.logos import read_logo
from members.models import Consortium, Identifier, Member
from tests.factories import make_consortium, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium("North Consortium")


def test_page_shows_the_public_facts(client: Client, consortium: Consortium):
    make_member(
        "Alpha",
        consortium,
        start=datetime.date(2021, 3, 1),
        legal_name="Alpha University Ltd",
        country="IE",
        website="https://alpha.example",
        public_email="orcid@alpha.example",
        description="We are **Alpha**.",
    )

    page = client.get("/directory/alpha/").text

    shown = [
        "<h1>Alpha</h1>",
        "Legal name: Alpha University Ltd",
        "Research Institute",
        "Ireland",
        'href="https://alpha.example"',
        'href="mailto:orcid@alpha.example"',
        "<p>We are <strong>Alpha</strong>.</p>",
        "North Consortium",
        "since March 2021",
        '<link rel="canonical" href="http://testserver/directory/alpha/">',
    ]
    assert [fact for fact in shown if fact not in page] == []


def test_legal_name_is_not_repeated(client: Client, consortium: Consortium):
    make_member("Alpha", consortium)

    assert "Legal name" not in client.get("/directory/alpha/").text


def test_preferred_identifier_comes_first_and_links(client: Client, consortium: Consortium):
    member = make_member("Alpha", consortium)
    for value, preferred in [("10.13039/100", False), ("10.13039/900", True)]:
        Identifier.objects.create(member=member, scheme="fundref", value=value, preferred=preferred)
    Identifier.objects.create(member=member, scheme="ror", value="https://ror.org/052gg0110")

    page = client.get("/directory/alpha/").text

    links = ["https://ror.org/052gg0110", "https://doi.org/10.13039/900"]
    links.append("https://doi.org/10.13039/100")
    places = [page.index(f'href="{link}"') for link in links]
    assert places == sorted(places)
    assert page.count("(preferred)") == 1


@pytest.mark.parametrize(
    ("start", "end"), [(-20, -1), (1, None)], ids=["ended yesterday", "starts tomorrow"]
)
def test_ended_and_pending_members_have_no_page(
    client: Client, consortium: Consortium, start: int, end: int | None
):
    today = timezone.localdate()
    days = [today + datetime.timedelta(days=n) if n is not None else None for n in (start, end)]
    make_member("Alpha", consortium, start=days[0], end=days[1])

    assert client.get("/directory/alpha/").status_code == 404
    assert client.get("/directory/alpha/logo").status_code == 404
    assert client.get("/api/v1/directory/alpha/").status_code == 404


@pytest.fixture
def with_logo(consortium: Consortium, settings: Settings, tmp_path: Path) -> Member:
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO()
    Image.new("RGB", (400, 200), (200, 30, 30)).save(picture, "WEBP")
    member = make_member("Alpha", consortium)
    member.logo = read_logo(ContentFile(picture.getvalue()))
    member.trademark_permission = Member.Trademark.YES
    member.trademark_answered_at = timezone.now()
    member.save()
    return member


def test_permitted_logo_is_served_as_the_picture_it_is(client: Client, with_logo: Member):
    response = client.get("/directory/alpha/logo")

    assert Image.open(io.BytesIO(response.content)).size == (400, 200)
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=604800"
    assert '<img src="/directory/alpha/logo' in client.get("/directory/alpha/").text


@pytest.mark.parametrize("answer", ["no", "unanswered"])
def test_logo_without_permission_is_not_public(client: Client, with_logo: Member, answer: str):
    with_logo.trademark_permission = answer
    with_logo.trademark_answered_at = timezone.now() if answer == "no" else None
    with_logo.save()

    assert client.get("/directory/alpha/logo").status_code == 404
    assert "/directory/alpha/logo" not in client.get("/directory/").text
    assert client.get("/api/v1/directory/alpha/").json()["logo"] is None


def test_logo_whose_file_is_lost_is_not_found(client: Client, with_logo: Member):
    Path(with_logo.logo.path).unlink()

    assert client.get("/directory/alpha/logo").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_queries_do_not_grow_with_identifiers(
    client: Client, consortium: Consortium, rows: int, django_assert_num_queries
):
    member = make_member("Alpha", consortium)
    for number in range(rows):
        Identifier.objects.create(member=member, scheme="ringgold", value=str(number))

    # member, membership with its consortium, identifiers
    with django_assert_num_queries(3):
        client.get("/directory/alpha/")
