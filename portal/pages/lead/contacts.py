"""All contacts of the consortium's members, searched, filtered and exported."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts.filters import ContactFilter
from contacts.http import enter_desk
from contacts.models import Contact, Role, RoleAssignment, User
from contacts.voting import voter_keys
from members.http import PortalRequest
from portal.pages import exports
from portal.pages.keyset import stretch
from portal.pages.lead._shared import render_list

_SHOWN = ["orcid", "given_names", "family_name", "email", "outside_domains", "sort_key"]
_SHOWN += ["member__slug", "member__display_name"]


@require_safe
def contacts(request: PortalRequest, consortium: str) -> HttpResponse:
    found = enter_desk(request, consortium).consortium
    form = ContactFilter(request.GET, consortium=found)
    everything = Contact.objects.filter(member__in=form.everyone.values("pk"))
    shown = form.contacts().select_related("member").only(*_SHOWN)
    page = stretch(shown, everything, request.GET)
    context: dict[str, Any] = {"consortium": found, "form": form, "page": page}
    context["rows"] = _contact_rows(page.items)
    return render_list(request, "contacts", context)


@require_safe
def contacts_csv(request: PortalRequest, consortium: str) -> HttpResponseBase:
    """The list with the same filters; with one that makes no sense, the page that says so."""
    found = enter_desk(request, consortium).consortium
    form = ContactFilter(request.GET, consortium=found)
    if not form.is_valid():
        query = request.GET.urlencode()
        return redirect(f"{reverse('lead:contacts', args=[found.slug])}?{query}")
    response: StreamingHttpResponse = exports.contacts_csv(
        found.slug, form.contacts(), form.records()
    )
    return response


def _contact_rows(contacts: list[Contact]) -> list[dict[str, Any]]:
    """Roles, whether each has signed in, and votes (R4): three queries however many there are."""
    people = User.objects.filter(orcid__in=[contact.orcid for contact in contacts])
    signed_in = set(people.values_list("orcid", flat=True))
    roles: dict[int, set[str]] = {contact.pk: set() for contact in contacts}
    held = RoleAssignment.objects.filter(contact__in=roles).order_by()
    for key, role in held.values_list("contact", "role"):
        roles[key].add(role)
    voters = voter_keys({contact.member_id for contact in contacts})
    return [
        {
            "contact": contact,
            "is_authenticated": contact.orcid in signed_in,
            "roles": [role.label for role in Role if role in roles[contact.pk]],
            "votes": contact.pk in voters,
        }
        for contact in contacts
    ]
