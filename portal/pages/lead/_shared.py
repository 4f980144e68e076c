"""What these pages share: the consortium in the address, and lists that htmx may ask for alone."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from contacts.models import Contact, Invitation
from members.http import PortalRequest
from members.models import Member


def contacts_of(members: QuerySet[Member, Any]) -> QuerySet[Contact, Any]:
    return Contact.objects.current().filter(member__in=members.values("pk"))


def invitations_of(members: QuerySet[Member, Any]) -> QuerySet[Invitation, Any]:
    return Invitation.objects.open().filter(member__in=members.values("pk"))


def render_list(request: PortalRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    # A page restored from htmx's history wants the whole of it.
    is_part = request.htmx and not request.htmx.history_restore_request
    template = f"lead/_{name}.html" if is_part else f"lead/{name}.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
