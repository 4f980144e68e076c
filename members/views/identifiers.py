"""A member's identifiers."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.actors import Actor
from members.forms.identifiers import IdentifierForm
from members.http import PortalRequest, saying
from members.models import Identifier, Member
from members.permissions import can_edit_member
from members.services.identifiers import add_identifier, prefer_identifier, remove_identifier


@require_safe
def identifiers(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    form = IdentifierForm() if can_edit_member(request.user, member) else None
    return _page(request, member, form)


@require_http_methods(["GET", "HEAD", "POST"])
def identifier_add(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    if not can_edit_member(request.user, member):
        raise PermissionDenied
    form = IdentifierForm(request.POST or None)
    if not form.is_valid():
        return _page(request, member, form)
    by = Actor.contact(request.user)
    try:
        added = add_identifier(member_id=member.pk, **form.cleaned_data, by=by)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, member, form)
    messages.success(request, _("%(identifier)s is added.") % {"identifier": added})
    return redirect("tools:identifiers", slug)


@require_POST
def identifier_prefer(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    done = _("%(identifier)s is now the preferred one.")
    return _change(request, slug, pk, prefer_identifier, done)


@require_POST
def identifier_remove(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    return _change(request, slug, pk, remove_identifier, _("%(identifier)s is removed."))


def _change(
    request: PortalRequest, slug: str, pk: int, service: Callable[..., object], done: str
) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    if not can_edit_member(request.user, member):
        raise PermissionDenied
    # Of this member's alone: the number in the address is anybody's to change.
    identifier = get_object_or_404(member.identifiers, pk=pk)
    with saying(request, done % {"identifier": identifier}):
        service(member_id=member.pk, identifier_id=identifier.pk, by=Actor.contact(request.user))
    return redirect("tools:identifiers", slug)


def _page(request: PortalRequest, member: Member, form: IdentifierForm | None) -> HttpResponse:
    held = list(member.identifiers.all())
    order = list(Identifier.Scheme)
    held.sort(key=lambda one: (order.index(Identifier.Scheme(one.scheme)), not one.preferred))
    counts = {one.scheme: sum(other.scheme == one.scheme for other in held) for one in held}
    context = {"member": member, "identifiers": held, "form": form}
    context["several"] = {scheme for scheme, count in counts.items() if count > 1}
    return render(request, "members/identifiers.html", context)
