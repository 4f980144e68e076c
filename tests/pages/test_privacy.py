"""Privacy notices: each consortium's own (H7)."""

import pytest
from django.test import Client

from tests.factories import make_consortium

pytestmark = pytest.mark.django_db


def test_notice_is_formatted_and_safe(client: Client):
    make_consortium(
        "North",
        helpdesk_email="help@north.example",
        privacy_notice="## Why\n\nWe keep **names**.\n\n<script>alert(1)</script>",
    )

    page = client.get("/privacy/north/").text

    assert "<h2>Why</h2>\n<p>We keep <strong>names</strong>.</p>" in page
    assert "alert(1)" not in page
    assert "mailto:help@north.example" in page


def test_consortium_without_a_notice_names_its_helpdesk(client: Client):
    make_consortium("North", helpdesk_email="help@north.example")

    page = client.get("/privacy/north/").text

    assert "There is no notice yet" in page
    assert "mailto:help@north.example" in page


def test_unknown_consortium(client: Client):
    assert client.get("/privacy/nowhere/").status_code == 404


def test_a_consortium_without_a_notice_is_not_listed(client: Client):
    make_consortium("North", privacy_notice="Text.")
    make_consortium("South")

    page = client.get("/privacy/").text

    assert '<a href="/privacy/north/">North</a>' in page
    assert "South" not in page


def test_several_notices_are_listed(client: Client):
    make_consortium("North", privacy_notice="Text.")
    make_consortium("South", privacy_notice="Text.")

    page = client.get("/privacy/").text

    assert '<a href="/privacy/north/">North</a>' in page
    assert '<a href="/privacy/south/">South</a>' in page


@pytest.mark.parametrize("rows", [2, 4])
def test_query_count_does_not_grow(client: Client, rows: int, django_assert_num_queries):
    for _ in range(rows):
        make_consortium(privacy_notice="Text.")

    # consortia with a notice
    with django_assert_num_queries(1):
        client.get("/privacy/")
