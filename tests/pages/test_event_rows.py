"""Rows of the history in words."""

from typing import Any

import pytest
from django.template.loader import render_to_string

from contacts.models import User
from members.kinds import GROUPS
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


def test_what_the_machine_writes_is_read_in_words():
    recovery = {"recovery": 1, "takes_effect_at": "2026-03-02T09:30:00+00:00", "at_once": False}
    asked = {"help_request": 3, "request_kind": "no_way_in", "state": "declined"}
    flagged = {"contact": 7, "record_state": ["fine", "deactivated"]}

    rows = [
        [(row.label, row.new) for row in event_changes(event(changes=changes))]
        for changes in (recovery, asked, flagged)
    ]

    assert rows == [
        [("Takes effect", "2 March 2026, 09:30"), ("At once, identity checked", "no")],
        [("About", "Nobody here has access any more"), ("State", "Declined")],
        [("ORCID record", "Deactivated at ORCID")],
    ]


def test_a_fact_is_said_once():
    fields = {"kind": ["", "newsletter"], "subject": ["", "News"]}

    found = event_changes(event(changes={"subject": "News", "fields": {"subject": "News"}}))
    written = event_changes(event(changes={"fields": fields}))

    assert found == [Row("Subject", "News")]
    assert [row.new for row in written] == ["Newsletter", "News"]


def test_every_kind_of_change_can_be_chosen_in_one_group():
    grouped = [kind for _label, kinds in GROUPS.values() for kind in kinds]

    assert sorted(grouped) == sorted(Event.Kind)
    assert not set(GROUPS) & set(Event.Kind.values)
