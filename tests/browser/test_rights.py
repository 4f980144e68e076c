"""Rights over data in the browser: pages that ask for proof first, and the way to the end."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext

from contacts.models import Role, RoleAssignment, User
from integrations.push.models import Delivery
from tests.browser.conftest import as_user
from tests.browser.looking import look
from tests.browser.person import Person
from tests.browser.test_tokens import just_signed_in
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.rights.somebody import make_somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pages_of_somebody_of_whom_much_is_held_are_accessible_and_fit(
    portal: str, context: Callable[..., BrowserContext]
) -> None:
    somebody = make_somebody()
    make_user(make_contact(somebody.member, [Role.SIGNATORY]).orcid)
    # In charge, with something of ours on the record: everything is asked.
    RoleAssignment.objects.filter(role=Role.MAIN).update(contact=somebody.contact)
    Delivery.objects.update(state=Delivery.State.IN_ORCID, put_code=7)
    make_contact(make_member("Delta"), [Role.MAIN], orcid=somebody.orcid)
    page = context().new_page()
    as_user(page, portal, somebody.user)
    just_signed_in()

    faults = {
        name: found
        for name in ("my_data", "account_delete", "processing", "privacy_notices")
        if (found := look(page, portal + reverse(name), f"rights-{name}"))
    }

    assert faults == {}


def test_somebody_deletes_their_account(person: Callable[..., Person]) -> None:
    member = make_member("Alpha", make_consortium("North"))
    make_user(make_contact(member, [Role.MAIN]).orcid)
    somebody = person(make_contact(member, family_name="Leaving"))
    somebody.signs_in()

    somebody.goes_to(reverse("my_data"))
    somebody.reads("What is held about you", "Leaving")
    somebody.follows("Delete your account")
    somebody.presses("Confirm at ORCID")
    somebody.signs_in_at_orcid()
    somebody.reads("What stays, and why", "Alpha")
    somebody.ticks("I want to delete my account")
    somebody.presses("Delete my account")

    somebody.reads("Your account is deleted.", "Sign in")
    assert not User.objects.filter(orcid=somebody.orcid).exists()
