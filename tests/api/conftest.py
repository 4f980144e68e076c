"""Fixtures of the API's tests."""

import pytest
from django.core.cache import cache

from contacts.models import Contact, Role, User
from members.models import Consortium, Member
from tests.api.calling import Caller, member_caller
from tests.factories import make_consortium, make_contact, make_member, make_user


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium("North Consortium")


@pytest.fixture
def member(consortium: Consortium) -> Member:
    return make_member("Alpha", consortium)


@pytest.fixture
def main(member: Member) -> Contact:
    return make_contact(
        member, [Role.MAIN], given_names="Mai", family_name="Main", email="mai@alpha.example"
    )


@pytest.fixture
def user(main: Contact) -> User:
    """The Main, who has signed in."""
    return make_user(main.orcid, name="Mai Main")


@pytest.fixture
def caller(user: User, member: Member) -> Caller:
    """A system with the Main's token, which may write."""
    return member_caller(user, member)
