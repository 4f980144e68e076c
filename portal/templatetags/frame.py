"""The frames of Member Tools and of the lead's workspace: tabs, and the switcher that stays put."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Consortium, Member

register = template.Library()

Label = str | Promise
MEMBER_TABS: list[tuple[str, Label]] = [
    ("overview", _("Overview")),
    ("information", _("Information")),
    ("identifiers", _("Identifiers")),
    ("contacts", _("Contacts")),
    ("agreement", _("Agreement")),
    ("researchers", _("Researchers")),
    ("works", _("Works")),
    ("history", _("History")),
    ("settings", _("Settings")),
]
LEAD_TABS: list[tuple[str, Label]] = [
    ("overview", _("Overview")),
    ("members", _("Members")),
    ("contacts", _("Contacts")),
    ("invitations", _("Invitations")),
    ("rounds", _("Rounds")),
    ("announcements", _("Announcements")),
    ("history", _("History")),
    ("requests", _("Requests")),
]
# Pages of Member Tools that belong to a tab without bearing its name.
_TAB_OF = {
    "hand_over": "contacts",
    "leave": "contacts",
    "desk": "settings",
    "domains": "settings",
    "lead_access": "settings",
    "confirm": "overview",
    "researcher": "works",
}
_TAB_OF_PREFIX = {
    "contact_": "contacts",
    "lead_change": "contacts",
    "invitation": "contacts",
    "identifier_": "identifiers",
    "logo": "information",
    "token": "settings",
    "agreement_": "agreement",
    "researcher": "researchers",
    "permission_": "researchers",
    "work": "works",
}
# The same of the lead's workspace.
_LEAD_TAB_OF_PREFIX = {
    "member": "members",
    "first_contact": "members",
    "round": "rounds",
    "announcement": "announcements",
    "addresses": "contacts",
    "tell_orcid": "members",
    "lead_changes": "contacts",
    "contact_import": "contacts",
    "request": "requests",
    "recovery": "requests",
}


@dataclass(frozen=True)
class Tab:
    label: Label
    url: str
    is_current: bool


@dataclass(frozen=True)
class Other:
    name: str
    url: str


@dataclass(frozen=True)
class Frame:
    tabs: list[Tab]
    others: list[Other]
    is_own: bool


@register.simple_tag(takes_context=True)
def member_frame(context: Context) -> Frame:
    """Tabs of `member`; the other organisations of the person lead to the page one is on."""
    member = context["member"]
    mine = context.get("my_members") or []
    current = _current_tab(context)
    # Whoever sees some of its pages alone (`only_tabs`) is told of no others.
    only = context.get("only_tabs")
    tabs = [tab for tab in MEMBER_TABS if only is None or tab[0] in only]
    return Frame(
        tabs=_tabs("tools", tabs, member.slug, current),
        others=_others("tools", mine, member.slug, current),
        is_own=only is not None or any(own.pk == member.pk for own in mine),
    )


@register.simple_tag(takes_context=True)
def lead_frame(context: Context) -> Frame:
    consortium = context["consortium"]
    current = _current_tab(context)
    return Frame(
        tabs=_tabs("lead", LEAD_TABS, consortium.slug, current),
        others=_others("lead", context.get("my_desks") or [], consortium.slug, current),
        is_own=True,
    )


def _current_tab(context: Context) -> str:
    request = context.get("request")
    match = request.resolver_match if request else None
    name = (match.url_name or "") if match else ""
    if not match:
        return name
    if match.namespace == "tools" and name in _TAB_OF:
        return _TAB_OF[name]
    prefixes = _TAB_OF_PREFIX if match.namespace == "tools" else _LEAD_TAB_OF_PREFIX
    for prefix, tab in prefixes.items():
        if name.startswith(prefix):
            return tab
    return name


def _tabs(namespace: str, tabs: list[tuple[str, Label]], slug: str, current: str) -> list[Tab]:
    return [
        Tab(label, reverse(f"{namespace}:{name}", args=[slug]), name == current)
        for name, label in tabs
    ]


def _others(
    namespace: str, places: Iterable[Member | Consortium], slug: str, current: str
) -> list[Other]:
    """The same page of the others; their overview from a page that belongs to no tab."""
    tabs = MEMBER_TABS if namespace == "tools" else LEAD_TABS
    page = current if current in dict(tabs) else "overview"
    return [
        Other(str(place), reverse(f"{namespace}:{page}", args=[place.slug]))
        for place in places
        if place.slug != slug
    ]
