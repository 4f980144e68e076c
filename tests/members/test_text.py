"""Keys by which names are ordered and found fit their columns, whatever is typed."""

import pytest

from members import text
from members.models import Member
from tests.factories import make_contact, make_member

# One letter that NFKD unfolds to eighteen.
LONG = "\ufdfa"


@pytest.mark.django_db
def test_name_that_unfolds_to_many_letters_can_be_saved() -> None:
    """PostgreSQL refuses what is longer than its column; SQLite does not count."""
    member = make_member(LONG * 255)
    contact = make_contact(member, given_names=LONG * 40, family_name=LONG * 80)

    assert max(len(member.sort_key), len(member.search_key)) <= 600
    assert Member.objects.get(pk=member.pk).contacts.get() == contact
    assert (len(contact.sort_key) <= 260, len(contact.search_key) <= 500) == (True, True)


def test_letters_that_are_two_in_the_key_are_not_cut() -> None:
    assert text.search_key("Straße " * 10) == " ".join(["strasse"] * 10)
