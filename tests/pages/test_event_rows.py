"""Rows of the history in words."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from contacts.models import User
from members.models import Event
from members.templatetags.history import Row, event_by, event_changes


def event(**fields: Any) -> Event:
    return Event(**({"kind": Event.Kind.INFORMATION_CHANGED, "capacity": "contact"} | fields))


def test_fields_show_before_and_after_in_words():
    changes = {"fields": {"community": ["other", "research"], "country": ["IE", "GB"]}}

    assert event_changes(event(changes=changes | {"member_version": 4})) == [
        Row("Community", "Research Institute", "Other", is_change=True),
        Row("Country", "United Kingdom", "Ireland", is_change=True),
    ]


def test_roles_bear_their_names():
    found = event_changes(event(changes={"contact": 5, "roles": [["main"], ["other", "comms"]]}))

    old = "Main relationship contact (OFFICIAL)"
    assert found == [Row("Roles", "Other contact, Comms contact", old, is_change=True)]


def test_what_was_added_is_a_fact():
    changes = {"contact": 5, "roles": [[], ["technical"]]}
    personal = {"name": "Ada", "email": [None, "ada@uni.example"]}

    assert event_changes(event(changes=changes, personal=personal)) == [
        Row("Name", "Ada"),
        Row("E-mail", "ada@uni.example"),
        Row("Roles", "Technical contact"),
    ]


def test_erased_values_leave_the_names_of_the_fields():
    changes = {"fields": {"public_email": None}, "field_names": ["phone"]}

    assert event_changes(event(changes=changes, personal=None)) == [
        Row("Changed", "Public e-mail, Phone")
    ]


def test_days_are_written_out():
    assert event_changes(event(changes={"fields": {"end": ["", "2026-03-01"]}})) == [
        Row("Last day", "1 March 2026", "", is_change=True)
    ]


@pytest.mark.parametrize(
    ("capacity", "words"),
    [
        ("contact", "Ada Lovelace"),
        ("lead", "Ada Lovelace, for the consortium’s lead"),
        ("operator", "Ada Lovelace, operator of this portal"),
        ("import", "Import of a file (Ada Lovelace)"),
        ("system", "The portal itself"),
    ],
)
def test_actor_is_named_in_their_capacity(capacity: str, words: str):
    assert event_by(event(capacity=capacity, actor=User(name="Ada Lovelace"))) == words


def test_values_are_escaped_and_changes_readable_without_colour():
    changes = {"fields": {"display_name": ["Old", "<b>New</b>"]}}

    html = render_to_string("components/_event.html", {"event": event(changes=changes)})

    assert '<span class="visually-hidden">now: </span>&lt;b&gt;New&lt;/b&gt;</ins>' in html
    assert '<span class="visually-hidden">before: </span>Old</del>' in html
