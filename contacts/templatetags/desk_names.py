"""People of the lead desk under the name their colleagues know: many names are not public at ORCID."""

from typing import Any

from django import template

from contacts.models import Contact, User
from members.models import Consortium

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_name(context: template.Context, user: User | None, consortium: Consortium) -> str:
    """The name at ORCID, else the one the lead has for its contact, else the iD; one query a page."""
    if user is None:
        return ""
    if user.name or not user.orcid:
        return user.display_name
    cache: Any = context.render_context
    if "desk_names" not in cache:
        known = Contact.objects.filter(member=consortium.lead_id).order_by("pk")
        cache["desk_names"] = {contact.orcid: contact.display_name for contact in known}
    name: str = cache["desk_names"].get(user.orcid) or user.display_name
    return name
