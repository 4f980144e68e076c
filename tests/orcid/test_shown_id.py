"""How an iD is shown: ORCID's display rules (orcid-api.md, section 6)."""

import pytest
from django.template import Context, Template
from pytest_django import Settings

ORCID = "0000-0002-1825-0097"


@pytest.fixture(autouse=True)
def production(settings: Settings) -> None:
    settings.ORCID_BASE_URL = "https://orcid.org"


def shown(arguments: str, **context: object) -> str:
    text = "{% load orcid %}{% orcid_id " + arguments + " %}"
    return " ".join(Template(text).render(Context({"orcid": ORCID} | context)).split())


def test_c4_proved_id_has_the_green_icon_and_its_whole_address() -> None:
    html = shown('orcid authenticated=True name="Josiah Carberry"')

    assert html == (
        '<span class="orcid-id"><a href="https://orcid.org/0000-0002-1825-0097" '
        'aria-label="View ORCID record of Josiah Carberry: '
        'https://orcid.org/0000-0002-1825-0097">'
        '<img src="/static/orcid/id-authenticated.svg" alt="" width="16" height="16"> '
        "https://orcid.org/0000-0002-1825-0097</a></span>"
    )


def test_c4_id_found_by_search_has_the_outline_icon_and_the_word() -> None:
    html = shown("orcid")

    assert html == (
        '<span class="orcid-id"><a href="https://orcid.org/0000-0002-1825-0097" '
        'aria-label="View ORCID record: https://orcid.org/0000-0002-1825-0097">'
        '<img src="/static/orcid/id-unauthenticated.svg" alt="" width="16" height="16"> '
        "https://orcid.org/0000-0002-1825-0097</a> "
        '<span class="orcid-unauthenticated">(unauthenticated)</span></span>'
    )


def test_compact_form_shows_the_sixteen_characters() -> None:
    html = shown("orcid authenticated=True compact=True")

    assert html.endswith(f"> {ORCID}</a></span>")
    assert 'href="https://orcid.org/0000-0002-1825-0097"' in html


def test_sandbox_ids_lead_to_the_sandbox(settings: Settings) -> None:
    settings.ORCID_BASE_URL = "https://sandbox.orcid.org"

    assert f'href="https://sandbox.orcid.org/{ORCID}"' in shown("orcid")


def test_name_cannot_break_out() -> None:
    html = shown("orcid name=name", name='"><script>')

    assert "<script>" not in html


def test_person_without_an_id_shows_nothing() -> None:
    assert shown("orcid", orcid=None) == ""
