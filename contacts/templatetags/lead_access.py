"""*Lead may manage contacts* on the settings page, which is another room's."""

from typing import Any

from django import template
from django.template import Context

from contacts.forms.lead_changes import LeadAccessForm
from contacts.permissions import can_answer_for
from members.actors import Actor
from members.models import Member

register = template.Library()


@register.inclusion_tag("contacts/_lead_access.html", takes_context=True)
def lead_access(context: Context, member: Member) -> dict[str, Any]:
    """The state of the switch and, for those who may, the button."""
    request = context["request"]
    may_set = can_answer_for(Actor.contact(request.user), member)
    given = {"version": member.version, "allowed": not member.lead_may_manage_contacts}
    form = LeadAccessForm(initial=given, auto_id="id_lead_access_%s") if may_set else None
    return {"request": request, "csrf_token": context.get("csrf_token")} | {
        "member": member,
        "switch": form,
    }
