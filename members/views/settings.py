"""A member's settings: its e-mail domains, its memberships, and the lead desk."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.actors import Actor
from members.errors import StaleVersion
from members.forms.settings import DomainsForm
from members.http import PortalRequest
from members.models import Member
from members.permissions import can_edit_member, led_consortia
from members.services.domains import set_email_domains


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        return _page(request, member)
    if not can_edit_member(request.user, member):
        raise PermissionDenied
    form = DomainsForm(request.POST)
    if not form.is_valid():
        return _page(request, member, form=form)
    return _save(request, member, form)


def _save(request: PortalRequest, member: Member, form: DomainsForm) -> HttpResponse:
    by, version = Actor.contact(request.user), form.cleaned_data["version"]
    try:
        saved = set_email_domains(member_id=member.pk, version=version, domains=form.lines(), by=by)
    except StaleVersion as stale:
        typed = {"domains": form.cleaned_data["domains"], "version": stale.version}
        return _page(request, member, form=DomainsForm(typed), stale=stale)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, member, form=form)
    if saved.version == version:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    else:
        messages.success(request, _("The e-mail domains are saved."))
    return redirect("tools:settings", member.slug)


def _page(
    request: PortalRequest,
    member: Member,
    *,
    form: DomainsForm | None = None,
    stale: StaleVersion | None = None,
) -> HttpResponse:
    domains = [domain.domain for domain in member.email_domains.all()]
    context: dict[str, Any] = {"member": member, "domains": domains, "stale": stale}
    context["memberships"] = member.memberships.select_related("consortium").order_by("-start")
    context["led"] = led_consortia(request.user, member)
    if can_edit_member(request.user, member):
        given = {"version": member.version, "domains": "\n".join(domains)}
        context["form"] = form or DomainsForm(initial=given)
    return render(request, "members/settings.html", context)
