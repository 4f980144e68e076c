"""`{% orcid_id %}`: an iD as ORCID's display rules ask (orcid-api.md, section 6)."""

from django import template

from integrations.orcid.ids import orcid_uri

register = template.Library()


@register.inclusion_tag("orcid/_id.html")
def orcid_id(
    orcid: str | None,
    *,
    authenticated: bool = False,
    name: str = "",
    compact: bool = False,
) -> dict[str, object]:
    """The iD with its icon, linked to the record: green and bare only for iDs that were proved.

    In full with its https URI; `compact` shows the sixteen characters where room is scarce.
    Nothing for a person without an iD.
    """
    return {
        "orcid": orcid,
        "uri": orcid_uri(orcid) if orcid else "",
        "authenticated": authenticated,
        "name": name,
        "compact": compact,
    }
