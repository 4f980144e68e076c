"""A link gives what its person pressed for it, to whom it was sent, and no more (O2)."""

import time

import pytest
from django.core.exceptions import ValidationError

from contacts.services.invitations import token_hash
from integrations.works.services import answering
from members.actors import Actor
from members.models import Consortium, Member
from tests.factories import make_contact, make_member, make_user
from tests.works_grants.conftest import Person, given, signed_in
from tests.works_grants.test_answering import ALLOW, Asked, able, asked, asked_for

__all__ = ["asked"]  # the fixture


def token(of: Asked) -> str:
    return of.link.rstrip("/").rpartition("/")[2]


def press_and_keep(person: Person, at: Asked, *, hours_ago: float = 0) -> None:
    """Pressed for one link: on the way to ORCID and back, their session holds it."""
    session = person.client.session
    session["permission_answer"] = {
        "hash": token_hash(token(at)),
        "purposes": ALLOW["purposes"],
        "at": time.time() - hours_ago * 3600,
        "was_at_orcid": True,
    }
    session.save()


def test_o2_what_was_pressed_for_one_institution_gives_nothing_to_another(
    consortium: Consortium, asked: Asked, uni: Member
) -> None:
    other = make_member("Beta", consortium)
    mo = signed_in(make_user(make_contact(other).orcid))
    theirs, ada = asked_for(mo, other, "ada@home.example"), able()
    press_and_keep(ada, asked)

    answer = ada.client.get(f"{theirs.link}finish/")

    assert answer.headers["Location"].endswith(f"/permissions/{token(theirs)}/")
    assert (given(ada, other), given(ada, uni)) == ([], [])


def test_o2_what_was_pressed_long_ago_gives_nothing(asked: Asked, uni: Member) -> None:
    ada = able()
    press_and_keep(ada, asked, hours_ago=1.1)

    ada.client.get(f"{asked.link}finish/")

    assert given(ada, uni) == []


def test_what_was_pressed_just_now_does(asked: Asked, uni: Member) -> None:
    ada = able()
    press_and_keep(ada, asked)

    ada.client.get(f"{asked.link}finish/")

    assert given(ada, uni) == ["push", "list"]


def test_o2_nobody_else_answers_for_whoever_is_known_to_have_been_asked(
    asked: Asked, uni: Member
) -> None:
    ada, eve = able(), able("Eve")
    asked.row.person = ada.user
    asked.row.save()

    with pytest.raises(ValidationError, match="somebody else"):
        answering.accept(token=token(asked), purposes=["push"], by=Actor.contact(eve.user))

    assert (given(eve, uni), given(ada, uni)) == ([], [])


def test_o2_nothing_is_given_that_was_not_asked_for(asked: Asked, uni: Member) -> None:
    ada = able()

    ada.client.post(asked.link, {"answer": "allow", "purposes": ["push", "draft"]})
    answering.accept(token=token(asked), purposes=["push", "draft"], by=Actor.contact(ada.user))

    assert given(ada, uni) == ["push"]
