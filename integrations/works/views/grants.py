"""*Permissions*: which institutions may use a person's connection, and for what (rule O2)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integrations.orcid import connections
from integrations.works.forms.permissions import MemberSearchForm, SwitchForm
from integrations.works.models import Grant
from integrations.works.services import grants as service
from integrations.works.services.pushing import unsent
from integrations.works.switches import Place, lacking, places, switches
from integrations.works.views._place import in_list
from members.actors import Actor
from members.http import PortalRequest
from members.models import Member

MOST_FOUND = 10
MOST_EARLIER = 20


@require_safe
@never_cache
def permissions(request: PortalRequest) -> HttpResponse:
    form = MemberSearchForm(request.GET or None)
    words = form.cleaned_data["search"] if form.is_bound and form.is_valid() else ""
    members = Member.objects.public().search(words) if words else Member.objects.none()
    found = members.order_by("sort_key", "pk")
    ended = Grant.objects.of(request.user).exclude(ended_at=None).select_related("member")
    context: dict[str, Any] = {"form": form, "words": words, "found": list(found[: MOST_FOUND + 1])}
    context |= {"is_more": len(context["found"]) > MOST_FOUND, "most": MOST_FOUND}
    context["ended"] = ended.order_by("-ended_at", "-pk")[:MOST_EARLIER]
    return render(request, "works/permissions.html", context | given_by(request))


def given_by(request: PortalRequest) -> dict[str, Any]:
    """What the pages say of a person's permissions: three queries."""
    current = Grant.objects.in_force().of(request.user).select_related("member")
    held = list(current)
    return {"places": places(held)} | _state(request, {grant.purpose for grant in held})


def _state(request: PortalRequest, given: set[str]) -> dict[str, Any]:
    """The connection, and what it lacks for what was given."""
    connection = connections.own_connection(request.user.orcid)
    wants_write = Grant.Purpose.PUSH in given
    return {
        "connection": connection,
        "lacking": lacking(connection, given),
        "wants_write": wants_write,
    }


@require_safe
@never_cache
def member(request: PortalRequest, slug: str) -> HttpResponse:
    """The three switches at one institution; of a former one, 404."""
    place = _place(request, slug)
    given = {switch.purpose for switch in place.given}
    context = {"place": place} | _state(request, given)
    if Grant.Purpose.PUSH in given:
        context["unsent"] = unsent(request.user).filter(work__member=place.member).count()
    return render(request, "works/permissions_member.html", context)


def _place(request: PortalRequest, slug: str) -> Place:
    found = get_object_or_404(Member.objects.active(), slug=slug)
    held = Grant.objects.current().of(request.user).to(found)
    return Place(found, switches(held))


@require_POST
def switch(request: PortalRequest, slug: str) -> HttpResponse:
    """One press turns one switch; back to the page with the switches."""
    place = _place(request, slug)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise Http404
    purpose, by = form.cleaned_data["purpose"], Actor.contact(request.user)
    about = {"name": place.member.display_name, "what": str(Grant.OWN_WORDS[purpose])}
    try:
        if form.cleaned_data["on"]:
            service.switch_on(member_id=place.member.pk, purposes=[purpose], by=by)
            messages.success(request, _("Switched on for %(name)s: %(what)s.") % about)
        else:
            service.switch_off(member_id=place.member.pk, purposes=[purpose], by=by)
            messages.success(request, _withdrawn() % about)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("permissions:member", slug)


def _withdrawn() -> str:
    return _(
        "Switched off for %(name)s: %(what)s. What is on your ORCID record stays as it is; you can "
        "remove it there."
    )


@require_POST
def withdraw(request: PortalRequest, slug: str) -> HttpResponse:
    """Everything that one institution may, with one press."""
    held = Grant.objects.current().of(request.user)
    found = get_object_or_404(Member, slug=slug, pk__in=held.values("member"))
    service.switch_off(member_id=found.pk, by=Actor.contact(request.user))
    text = _(
        "%(name)s may no longer use your connection. What is on your ORCID record stays as it is; "
        "you can remove it there."
    )
    messages.success(request, text % {"name": found.display_name})
    back = request.POST.get("next", "")
    if back == reverse("works:publications"):
        return redirect(in_list(request))
    return redirect(back if back == reverse("accounts") else "permissions:list")
