"""A member's information and its logo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.actors import Actor
from members.errors import StaleVersion
from members.formatting import render_description
from members.forms.information import InformationForm, LogoForm, VersionForm
from members.http import PortalRequest, logo_response
from members.models import Member
from members.permissions import can_edit_member
from members.services.information import edit_information, set_logo


@require_http_methods(["GET", "HEAD", "POST"])
def information(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        return _page(request, member)
    if not can_edit_member(request.user, member):
        raise PermissionDenied
    form = InformationForm(request.POST, member=member)
    if not form.is_valid():
        return _page(request, member, form=form)
    return _save(request, member, form)


def _save(request: PortalRequest, member: Member, form: InformationForm) -> HttpResponse:
    try:
        saved = edit_information(
            member_id=member.pk,
            version=form.cleaned_data["version"],
            by=Actor.contact(request.user),
            **form.information(),
        )
    except StaleVersion as stale:
        member.refresh_from_db()
        return _page(request, member, form=form.after(stale, member), stale=stale)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, member, form=form)
    if saved.version == form.cleaned_data["version"]:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    else:
        messages.success(request, _("The information is saved."))
    return redirect("tools:information", member.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def logo(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        # To those who may see the member, whether or not the public may. The address stays when
        # the picture changes.
        return logo_response(member, cache_control="private, no-cache")
    if not can_edit_member(request.user, member):
        raise PermissionDenied
    form = LogoForm(request.POST, request.FILES, auto_id="logo_%s")
    if not form.is_valid():
        return _page(request, member, logo_form=form)
    by = Actor.contact(request.user)
    new, version = form.cleaned_data["picture"], form.cleaned_data["version"]
    try:
        set_logo(member_id=member.pk, version=version, logo=new, by=by)
    except StaleVersion as stale:
        member.refresh_from_db()
        messages.warning(
            request,
            _("The logo was not saved. Choose the picture again if it still is to be replaced."),
        )
        return _page(request, member, stale=stale)
    messages.success(request, _("The logo is saved."))
    return redirect("tools:information", member.slug)


@require_POST
def logo_remove(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    if not can_edit_member(request.user, member):
        raise PermissionDenied
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    by = Actor.contact(request.user)
    try:
        set_logo(member_id=member.pk, version=version, logo=None, by=by)
    except StaleVersion as stale:
        member.refresh_from_db()
        messages.warning(request, _("The logo was not removed. Look at it again first."))
        return _page(request, member, stale=stale)
    messages.success(request, _("The logo is removed."))
    return redirect("tools:information", member.slug)


def _page(
    request: PortalRequest,
    member: Member,
    *,
    form: InformationForm | None = None,
    logo_form: LogoForm | None = None,
    stale: StaleVersion | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"member": member, "stale": stale}
    context["description"] = render_description(member.description)
    context["membership"] = member.memberships.current().select_related("consortium").first()
    if can_edit_member(request.user, member):
        given = {"version": member.version}
        context["form"] = form or InformationForm(member=member)
        context["logo_form"] = logo_form or LogoForm(initial=given, auto_id="logo_%s")
        context["remove_form"] = VersionForm(initial=given, auto_id="remove_%s")
    return render(request, "members/information.html", context)
