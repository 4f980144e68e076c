"""Handing a protected role over, and leaving."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.forms._shared import signed_in
from contacts.forms.charge import HandOverForm, LeaveForm
from contacts.models import PROTECTED_ROLES, Contact, Role
from contacts.services import leaving
from contacts.services import roles as role_service
from contacts.views._shared import Tools, enter, enter_to_edit, refused, sent


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Which role; to whom; sure? The first is a link, the others two posts of one form."""
    tools = enter_to_edit(request, slug)
    if not tools.standing.can_manage_protected_roles:
        raise PermissionDenied
    people = tools.contacts()
    role = _chosen_role(request)
    if role is None:
        return tools.render("hand_over.html", {"choices": _holders(people)})
    form = HandOverForm(sent(request), role=role, contacts=people)
    holder = next((person for person in people if role in person.roles), None)
    context = {"form": form, "role": role, "holder": holder}
    if not form.is_valid():
        return tools.render("hand_over.html", context)
    if not form.cleaned_data["confirm"]:
        form.ask()
        return tools.render("hand_over_confirm.html", context | {"new": form.new_holder})
    return _hand_over(tools, form, role) or tools.render("hand_over.html", context)


def _hand_over(tools: Tools, form: HandOverForm, role: Role) -> HttpResponse | None:
    try:
        new = role_service.hand_over(
            member_id=tools.member.pk, role=role, to_id=form.cleaned_data["to"], by=tools.by
        )
    except ValidationError as error:
        refused(form, error)
        return None
    text = _("%(name)s is now %(role)s and has been told by e-mail.")
    messages.success(tools.request, text % {"name": new.display_name, "role": role.label})
    return tools.to("contacts")


def _chosen_role(request: HttpRequest) -> Role | None:
    named = request.POST.get("role") or request.GET.get("role")
    return next((role for role in PROTECTED_ROLES if role == named), None)


def _holders(people: list[Contact]) -> list[tuple[Role, Contact | None]]:
    return [
        (role, next((person for person in people if role in person.roles), None))
        for role in Role
        if role in PROTECTED_ROLES
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """C9: any time, also in the months after the membership ended; asks who follows."""
    tools = enter(request, slug)
    own = tools.standing.contact
    if own is None:
        raise PermissionDenied
    others = [person for person in tools.contacts() if person.pk != own.pk]
    able = [person for person in others if signed_in(person)]
    is_main = Role.MAIN in own.roles
    form = LeaveForm(
        sent(request),
        successors=able if is_main else [],
        gap=is_main or not able,
    )
    context = {"form": form, "is_main": is_main, "is_last": not able, "others": others}
    if not form.is_valid():
        return tools.render("leave.html", context)
    try:
        leaving.leave(contact_id=own.pk, by=tools.by, successor_id=form.successor_id)
    except ValidationError as error:
        return tools.render("leave.html", context | refused(form, error))
    text = _("You have left %(member)s. Thank you for your work.")
    messages.success(request, text % {"member": tools.member.display_name})
    return HttpResponseRedirect(reverse("home"))
