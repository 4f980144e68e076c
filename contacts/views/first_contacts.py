"""A member's first contact, named by the lead: found and compared, or invited (C2, C3, R2)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from contacts.forms._shared import ServiceForm
from contacts.forms.contacts import LookUpForm
from contacts.forms.members import FoundForm
from contacts.http import Desk, enter_desk_to_manage
from contacts.models import Invitation
from contacts.permissions import can_name_first_contact
from contacts.services import invitations
from contacts.services.finding import (
    Outcome,
    look_up_for_new_member,
    read_offer_for_new_member,
)
from contacts.services.members import FirstContact, name_first_contact
from contacts.views._shared import sent
from members.http import saying
from members.models import Member

Save = Callable[[FirstContact], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def first_contact(request: HttpRequest, consortium: str, slug: str) -> HttpResponse:
    """For a member that is here and has never had a contact."""
    desk = enter_desk_to_manage(request, consortium)
    member = get_object_or_404(Member.objects.current_in(desk.consortium), slug=slug)
    if not can_name_first_contact(desk.by, member, desk.consortium):
        raise PermissionDenied

    def save(first: FirstContact) -> HttpResponse:
        name_first_contact(member_id=member.pk, consortium=desk.consortium, first=first, by=desk.by)
        messages.success(request, _told(first))
        return redirect("lead:membership", desk.consortium.slug, member.slug)

    form = LookUpForm(sent(request))
    context = {"form": form, "consortium": desk.consortium, "member": member}
    if not form.is_valid() or request.POST.get("step") == "edit":
        return render(request, "lead/first_contact.html", context)
    try:
        return next_step(desk, form, save, context)
    except ValidationError as error:
        form.add_service_error(error)
        return render(request, "lead/first_contact.html", context)


def next_step(desk: Desk, form: ServiceForm, save: Save, context: dict[str, Any]) -> HttpResponse:
    """What follows when an address was given; `form` is carried along in hidden fields.

    Raises `ValidationError` with what the services object to.
    """
    request, email = desk.request, form.cleaned_data["email"]
    match request.POST.get("step"):
        case "add":
            found = FoundForm(request.POST)
            if found.is_valid():
                offer = found.cleaned_data["offer"]
                return save(FirstContact(email=email, offer=offer, **found.details))
            return _compare(desk, found, context)
        case "invite":
            return save(FirstContact(email=email))
        case _:
            return _look(desk, email, context)


def _look(desk: Desk, email: str, context: dict[str, Any]) -> HttpResponse:
    # Asks ORCID: outside any transaction (H1).
    finding = look_up_for_new_member(consortium=desk.consortium, email=email, by=desk.by)
    if finding.outcome != Outcome.FOUND:
        shown = context | {"outcome": str(finding.outcome), "email": finding.email}
        return render(desk.request, "lead/first_contact_invite.html", shown)
    initial = {name: getattr(finding, name) for name in ("offer", "given_names", "family_name")}
    return _compare(desk, FoundForm(initial=initial), context)


def _compare(desk: Desk, found: FoundForm, context: dict[str, Any]) -> HttpResponse:
    signed = found["offer"].value() or ""
    offer = read_offer_for_new_member(signed, consortium=desk.consortium, by=desk.by)
    shown = context | {"found": found, "offer": offer}
    return render(desk.request, "lead/first_contact_found.html", shown)


def _told(first: FirstContact) -> str:
    if first.offer:
        return _("The first contact is added, and told by e-mail.")
    return _("An invitation is on its way to %(email)s.") % {"email": first.email}


@require_POST
def first_contact_resend(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    done = _("A new link is on its way to %(email)s; the old one no longer works.")
    return _deal_with(request, consortium, pk, invitations.resend_invitation, done)


@require_POST
def first_contact_withdraw(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    done = _("The invitation to %(email)s is withdrawn; its link no longer works.")
    return _deal_with(request, consortium, pk, invitations.withdraw_invitation, done)


def _deal_with(
    request: HttpRequest, slug: str, pk: int, act: Callable[..., Invitation], done: str
) -> HttpResponse:
    desk = enter_desk_to_manage(request, slug)
    members = Member.objects.current_in(desk.consortium)
    invitation = get_object_or_404(
        Invitation.objects.select_related("member"), member__in=members.values("pk"), pk=pk
    )
    with saying(request, done % {"email": invitation.email}):
        act(invitation_id=invitation.pk, by=desk.by)
    return redirect("lead:membership", desk.consortium.slug, invitation.member.slug)
