"""`{% orcid_id %}`: an iD as ORCID's display rules ask (orcid-api.md, section 6).

Lists show it once a row: put together here, as a template of its own would cost more than the row.
"""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from integrations.orcid.ids import orcid_uri

register = template.Library()
register.filter("orcid_uri", orcid_uri)  # for mails, where there is no icon


@register.simple_tag
def orcid_id(
    orcid: str | None,
    *,
    authenticated: bool = False,
    name: str = "",
    compact: bool = False,
) -> SafeString | str:
    """The iD with its icon, linked to the record: green and bare only for iDs that were proved.

    In full with its https URI; `compact` shows the sixteen characters where room is scarce.
    Nothing for a person without an iD.
    """
    if not orcid:
        return ""
    uri = orcid_uri(orcid)
    shown = orcid if compact else uri
    return format_html(
        '<span class="orcid-id"><a href="{}" aria-label="{}: {}">'
        '<img src="{}" alt="" width="16" height="16"> {}</a>{}</span>',
        uri,
        _("View ORCID record of %(name)s") % {"name": name} if name else _("View ORCID record"),
        shown,
        _icon("authenticated" if authenticated else "unauthenticated"),
        shown,
        "" if authenticated else _unauthenticated(),
    )


@cache
def _icon(which: str) -> str:
    return static(f"orcid/id-{which}.svg")


def _unauthenticated() -> SafeString:
    return format_html(' <span class="orcid-unauthenticated">{}</span>', _("(unauthenticated)"))
