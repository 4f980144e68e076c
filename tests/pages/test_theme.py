"""The deployment's colour: whatever is chosen, it can be read."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from portal.theme import INK, WHITE, make_theme, mix, parse, ratio

COLOURS = ["#0b5c6b", "#a6ce39", "#ffffff", "#000000", "#ff0", "#e30613", "#777777", "#00a3e0"]


def contrast(one: str, other: str) -> float:
    first, second = parse(one), parse(other)
    assert first is not None
    assert second is not None
    return ratio(first, second)


@pytest.mark.parametrize("colour", COLOURS)
def test_every_pair_of_colours_is_readable(colour: str):
    theme = make_theme(colour)

    pairs = {
        "button": contrast(theme.contrast, theme.brand),
        "button under the pointer": contrast(theme.contrast, theme.hover),
        "link on paper": contrast(theme.strong, "#ffffff"),
        "link on the ground": contrast(theme.strong, theme.wash),
        "chip": contrast(theme.strong, theme.tint),
        "faint text on the ground": contrast("#5b656e", theme.wash),
    }
    assert {name: value for name, value in pairs.items() if value < 4.5} == {}


def test_dark_colours_carry_white_and_light_ones_ink():
    assert make_theme("#0b5c6b").contrast == "#ffffff"
    assert make_theme("#a6ce39").contrast == "#1b1f23"


@pytest.mark.parametrize("colour", ["", "red", "#12", "url(x)", "#0b5c6b;}body{display:none"])
def test_what_is_no_colour_gives_the_default(colour: str):
    assert make_theme(colour) == make_theme("#0b5c6b")


def test_contrast_is_counted_as_wcag_does():
    assert ratio(WHITE, (0, 0, 0)) == pytest.approx(21)
    assert ratio(WHITE, (118, 118, 118)) == pytest.approx(4.54, abs=0.01)
    assert mix(WHITE, INK, 1) == INK


def test_stylesheet_carries_the_deployments_colour(client: Client, settings: Settings):
    settings.PORTAL_COLOUR = "#a6ce39"

    response = client.get("/theme.css")

    assert "--brand:#a6ce39;--brand-contrast:#1b1f23;" in response.text
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=2592000"


@pytest.mark.django_db
def test_another_colour_is_another_address(client: Client, settings: Settings):
    addresses = []
    for colour in ("#111111", "#222222"):
        settings.PORTAL_COLOUR = colour
        found = re.search(r"/theme\.css\?v=\w+", client.get("/").text)
        assert found is not None
        addresses.append(found[0])

    assert len(set(addresses)) == 2


@pytest.mark.django_db
def test_name_and_logo_are_the_deployments(client: Client, settings: Settings):
    settings.PORTAL_NAME = "North <Members>"
    settings.PORTAL_LOGO = "/static/our-logo.svg"

    page = client.get("/").text

    assert "· North &lt;Members&gt;</title>" in page
    assert '<img src="/static/our-logo.svg" alt="">' in page


def test_icon_is_a_picture_of_the_initial(client: Client, settings: Settings):
    settings.PORTAL_NAME = "<North"

    response = client.get("/icon.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert ">&lt;</text>" in response.text
