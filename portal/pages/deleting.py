"""*Delete account*: what goes, what stays and why; who follows where the person is in charge (C9)."""

import logging
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.forms.charge import LeaveForm
from contacts.models import Contact, Role, User
from contacts.proof import proof_needed
from contacts.services import erasing
from contacts.services.security import address_of
from integrations.orcid import connections
from members.actors import Actor
from members.http import PortalRequest
from portal.pages.disconnecting import WrittenForm

log = logging.getLogger(__name__)


class DeleteAccountForm(WrittenForm):
    """What becomes of what was written to ORCID (O6), and that it is meant."""

    sure = forms.BooleanField(
        label=gettext_lazy("I want to delete my account, and know that this cannot be undone"),
        error_messages={"required": gettext_lazy("Tick this if you are sure.")},
    )


@dataclass(frozen=True)
class Place:
    """One organisation that the person acts for, and what they leave there."""

    contact: Contact
    form: LeaveForm
    is_main: bool
    is_last: bool


def _places(user: User, data: Any) -> list[Place]:
    """Constant queries: the contacts of all of them are read at once."""
    own = list(
        Contact.objects.of(user)
        .select_related("member")
        .prefetch_related("role_assignments")
        .order_by("member__sort_key")
    )
    members = [contact.member_id for contact in own]
    able = Contact.objects.current().filter(member__in=members).signed_in().order_by("sort_key")
    others: dict[int, list[Contact]] = {}
    for person in able.exclude(orcid=user.orcid):
        others.setdefault(person.member_id, []).append(person)
    return [_place(contact, others.get(contact.member_id, []), data) for contact in own]


def _place(contact: Contact, able: list[Contact], data: Any) -> Place:
    is_main = Role.MAIN in contact.roles
    form = LeaveForm(
        data,
        prefix=f"at-{contact.pk}",
        successors=able if is_main else [],
        gap=is_main or not able,
    )
    return Place(contact, form, is_main, not able)


@proof_needed
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def delete_account(request: PortalRequest) -> HttpResponse:
    user = request.user
    connection = connections.own_connection(user.orcid)
    data = request.POST if request.method == "POST" else None
    places = _places(user, data)
    form = DeleteAccountForm(data, connection=connection)
    if data is not None and all([form.is_valid(), *(place.form.is_valid() for place in places)]):
        try:
            return _close(request, places, form)
        except ValidationError as error:
            form.add_service_error(error)
    context = {
        "form": form,
        "places": places,
        "connection": connection if connection and connection.can_be_ended else None,
        "address": address_of(user),
    }
    return render(request, "account/delete.html", context)


def _close(request: PortalRequest, places: list[Place], form: DeleteAccountForm) -> HttpResponse:
    """Shut at once; the rest here and now as far as it goes, else by beat."""
    user = request.user
    named = {place.contact.pk: place.form.successor_id for place in places}
    erasing.close_account(
        user_id=user.pk,
        by=Actor.contact(user),
        successors={one: other for one, other in named.items() if other is not None},
        delete_at_orcid=form.is_to_go,
    )
    logout(request)
    try:
        erasing.carry_out(user_id=user.pk)
    except Exception:
        log.exception("Account %s is closed, and could not be emptied yet.", user.pk)
    messages.success(request, _("Your account is deleted. Thank you for having been here."))
    return redirect("home")
