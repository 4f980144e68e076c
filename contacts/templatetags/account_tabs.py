"""The tabs of a person's own account, on whichever page of it one is."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

register = template.Library()

TABS = [
    ("profile", _("Profile")),
    ("account_email", _("E-mail")),
    ("account_change_password", _("Password")),
    ("accounts", _("Connected accounts")),
    ("mfa_index", _("Second factor")),
    ("usersessions_list", _("Sessions")),
    ("account_delete", _("Delete account")),
]
# Pages that belong to a tab without being its first one.
_BEGINS = {
    "profile": "profile",
    "mfa_": "mfa_index",
    "orcid_": "accounts",
    "account_remove": "accounts",
}


@register.inclusion_tag("components/_tabs.html", takes_context=True)
def account_tabs(context: template.Context) -> dict[str, Any]:
    here = context["request"].resolver_match.url_name or ""
    current = next((tab for begin, tab in _BEGINS.items() if here.startswith(begin)), here)
    tabs = [
        {"url": reverse(name), "label": label, "is_current": name == current}
        for name, label in TABS
    ]
    return {"tabs": tabs, "label": _("Your account")}
