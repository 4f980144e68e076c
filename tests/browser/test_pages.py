"""Every page: no axe violation, nothing wider than the screen at 390 pixels, no blocked content."""

import hashlib
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext

from contacts.models import ConfirmationRound, Invitation, OrcidReport
from contacts.services import leaving
from integrations.orcid.models import Connection
from members.models import Member
from tests.access.urlconf import every_view
from tests.access.world import World, make_world
from tests.browser import lead_members
from tests.browser.announcement_pages import announcement_pages, read_pages
from tests.browser.conftest import as_user
from tests.browser.import_pages import import_pages
from tests.browser.institution_pages import institution_pages
from tests.browser.lead_pages import lead_pages_of
from tests.browser.looking import look
from tests.browser.member_work_pages import (
    desk_link_pages,
    read_work_pages,
    researcher_work_pages,
    staff_work_pages,
)
from tests.browser.own_works_pages import own_works_pages
from tests.browser.permission_pages import (
    asked_permission_pages,
    own_permission_pages,
    researcher_pages,
)
from tests.browser.profile_pages import own_profile_pages, public_profile_pages
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages_of(world: World) -> dict[str, list[str]]:
    """The addresses each person looks at."""
    pages, besides = own_pages_of(world), lead_pages_of(world)
    return {who: [*some, *besides.get(who, [])] for who, some in pages.items()}


def own_pages_of(world: World) -> dict[str, list[str]]:
    ours, slug = world.ours, world.ours.member.slug
    tools = {
        name: reverse(f"tools:{name}", args=[slug])
        for name in (
            "overview", "information", "identifiers", "identifier_add", "history", "settings",
            "contacts", "contact_add", "hand_over", "leave", "agreement", "confirm", "lead_changes",
        )
    }  # fmt: skip
    one = {
        name: reverse(f"tools:{name}", args=[slug, ours.contact.pk])
        for name in ("contact_edit", "contact_roles", "contact_remove")
    }
    lead = [
        reverse(f"lead:{name}", args=[world.consortium.slug])
        for name in (
            "overview", "members", "contacts", "invitations", "rounds", "tell_orcid",
            "lead_changes",
        )
    ]  # fmt: skip
    in_each_state(world)
    begun, report = round_and_report(world)
    lead += [
        reverse("lead:round", args=[world.consortium.slug, begun.pk]),
        reverse("lead:tell_orcid_report", args=[world.consortium.slug, report.pk]),
    ]
    for_manager = [
        reverse(f"lead:{name}", args=[world.consortium.slug]) for name in ("rounds", "tell_orcid")
    ]
    return {
        "anonymous": [
            "/",
            reverse("directory:list"),
            f"{reverse('directory:list')}?q=our&country=GB",
            f"{reverse('directory:list')}?q=nothing-like-this",
            reverse("directory:detail", args=[slug]),
            reverse("account_login"),
            *institution_pages(world),
            reverse("privacy_notices"),
            reverse("privacy", args=[world.consortium.slug]),
            reverse("processing"),
            reverse("api_docs"),
            "/no-such-page/",
            invitation_path(ours.invitation),
            "/invitations/no-such-token/",
            reverse("disown", args=[leaving.not_me_token(ours.contact)]),
            *asked_permission_pages(world),
            *desk_link_pages(),
            *public_profile_pages(world),
        ],
        "stranger": [
            "/",
            reverse("tools:home"),
            reverse("me:home"),
            reverse("my_data"),
            reverse("account_email"),
            reverse("accounts"),
            *public_profile_pages(world),
            *own_profile_pages(),
        ],
        "main contact": [
            "/",
            reverse("me:home"),
            reverse("my_data"),
            reverse("account_email"),
            reverse("accounts"),
            reverse("account_change_password"),
            reverse("usersessions_list"),
            reverse("mfa_index"),
            reverse("confirm_identity"),
            reverse("orcid_disconnect"),
            *own_profile_pages(),
            *tools.values(),
            f"{tools['hand_over']}?role=main",
            *one.values(),
            *researcher_pages(world),
            *staff_work_pages(world, "main contact"),
        ],
        "contact": [
            tools["contacts"],
            one["contact_edit"],
            reverse("accounts"),
            *own_works_pages(world, "contact"),
            *own_permission_pages(world, "contact"),
            *researcher_work_pages(world, "contact"),
        ],
        "desk reader": [
            *lead,
            *lead_members.read_pages(world),
            *read_pages(world),
            tools["overview"],
            tools["contacts"],
            tools["information"],
            *read_work_pages(world),
            reverse("accounts"),
        ],
        "desk manager": [
            reverse("tools:desk", args=[world.lead.slug]),
            "/",
            reverse("accounts"),
            *for_manager,
            tools["contacts"],  # of a member that lets the lead manage its contacts
            tools["contact_add"],
            *import_pages(world),
            *lead_members.manage_pages(world),
            *announcement_pages(world),
        ],
        "operator": [
            "/",
            reverse("accounts"),
            reverse("account_change_password"),
            reverse("mfa_index"),
            reverse("admin:index"),
            reverse("admin:members_member_changelist"),
        ],
    }


def in_each_state(world: World) -> None:
    """Connections to ORCID: of one person in use, of the others in every way that ends."""
    states = {
        "main contact": Connection.State.ACTIVE,
        "contact": Connection.State.WITHDRAWN,
        "desk reader": Connection.State.CLOSED,
        "desk manager": Connection.State.ENDING,
    }
    for who, state in states.items():
        user = world.people[who]
        if user and user.orcid and not Connection.objects.of(user.orcid).exists():
            make_connection(user.orcid, state=state)


def round_and_report(world: World) -> tuple[ConfirmationRound, OrcidReport]:
    """A round in which somebody has answered, a report to ORCID, and a member that lets the lead
    manage its contacts."""
    begun, _new = ConfirmationRound.objects.get_or_create(consortium=world.consortium)
    main = world.people["main contact"]
    answers = {"asked_at": timezone.now(), "confirmed_at": timezone.now(), "confirmed_by": main}
    begun.confirmations.get_or_create(member=world.ours.member, defaults=answers)
    begun.confirmations.get_or_create(member=world.theirs.member)
    sent = {
        "through_event": 1,
        "text": "Alpha University\n- Website: https://a.example",
        "sent_by": main,
    }
    report, _new = OrcidReport.objects.get_or_create(
        consortium=world.consortium, since_event=0, defaults=sent
    )
    Member.objects.update(lead_may_manage_contacts=True)
    return begun, report


def invitation_path(invitation: Invitation) -> str:
    """A fresh link: the first mail's is gone, as it was sent."""
    token = "a-token-for-looking"
    digest = hashlib.sha256(token.encode()).hexdigest()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=digest)
    return reverse("invitation", args=[token])


@pytest.fixture
def world() -> World:
    cache.clear()  # what was asked for in one test must not be throttled in the next
    return make_world()


@pytest.mark.parametrize(
    "who",
    [
        "anonymous", "stranger", "main contact", "contact",
        "desk reader", "desk manager", "operator",
    ],
)  # fmt: skip
def test_every_page_is_accessible_and_fits(
    portal: str, context: Callable[..., BrowserContext], world: World, who: str
) -> None:
    page = context().new_page()
    refused: list[str] = []
    page.on(
        "console", lambda message: refused.append(message.text) if message.type == "error" else None
    )
    if user := world.people[who]:
        as_user(page, portal, user)

    faults = {
        address: found
        for address in pages_of(world)[who]
        if (found := look(page, portal + address, f"{who}{address}"))
    }

    assert faults == {}
    assert [text for text in refused if "Content Security Policy" in text] == []


def test_every_page_with_a_fixed_address_is_looked_at(world: World) -> None:
    seen = {address.split("?")[0] for some in pages_of(world).values() for address in some}
    fixed = {
        reverse(view.name)
        for view in every_view()
        if not view.arguments and not view.name.startswith("api")
    }

    # Not pages: they answer with something else, or lead on at once.
    others = {
        "theme",
        "icon",
        "profile_picture",
        "alive",
        "ready",
        "account_logout",
        "account_inactive",
    }
    led_on = {"orcid_login", "orcid_callback", "orcid_connect", "orcid_connected", "lead:home"}
    led_on |= {"connect_orcid"}  # tests/browser/test_institutions.py
    led_on |= {"works:sync", "works:progress", "works:restore", "works:push_all"}
    # Ask for proof first: tests/browser/test_accounts.py.
    led_on |= {view.name for view in every_view() if view.name.startswith("mfa_")} - {
        "mfa_index", "mfa_remove_webauthn",
    }  # fmt: skip
    led_on |= {"sessions_end_others"}
    led_on |= {"account_delete", "my_data_json", "my_data_csv"}  # tests/browser/test_rights.py
    assert fixed - seen == {reverse(name) for name in others | led_on}
