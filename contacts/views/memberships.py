"""A member's periods in the consortium, for its desk: ended, kept after all, started again (A4)."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.forms.members import EndForm, StartForm
from contacts.http import Desk, enter_desk, enter_desk_to_manage
from contacts.models import Invitation
from contacts.permissions import can_name_first_contact
from contacts.services import memberships as service
from contacts.views._shared import sent
from members.dates import today
from members.former import names_then
from members.models import Member, Membership


@require_safe
def membership(request: HttpRequest, consortium: str, slug: str) -> HttpResponse:
    desk = enter_desk(request, consortium)
    member, periods = _member(desk, slug)
    current = [period for period in periods if period.status != Membership.Status.ENDED]
    invitations = Invitation.objects.open().filter(member=member) if current else []
    context = {
        "consortium": desk.consortium,
        "member": member,
        "name": _name(member, periods),
        "periods": periods,
        "goes_on_directly": any(service.direct_after(period).exists() for period in current),
        "is_current": bool(current),
        "can_manage": desk.can_manage,
        "can_start": desk.can_manage and all(period.end for period in periods),
        "invitations": invitations,
        "needs_first_contact": bool(current)
        and can_name_first_contact(desk.by, member, desk.consortium),
    }
    return render(request, "lead/membership.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    period = _period(desk, pk)
    # All as it stands: saving takes away what is not ticked.
    initial = {
        "end": period.end,
        "reason": period.end_reason,
        "goes_on_directly": service.direct_after(period).exists(),
    }
    form = EndForm(sent(request), initial=initial)
    if form.is_valid():
        try:
            service.end_membership(membership_id=period.pk, by=desk.by, **form.cleaned_data)
        except ValidationError as error:
            form.add_service_error(error)
        else:
            day = date_format(form.cleaned_data["end"])
            text = (
                _(
                    "The membership of %(name)s ends after %(day)s. From the day after it is a"
                    " direct member."
                )
                if form.cleaned_data["goes_on_directly"]
                else _("The membership of %(name)s ends after %(day)s.")
            )
            messages.success(request, text % {"name": period.member, "day": day})
            return _to_page(desk, period.member)
    return _form(desk, "lead/membership_end.html", form, period.member)


@require_POST
def membership_keep(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    period = _period(desk, pk)
    try:
        service.keep_membership(membership_id=period.pk, by=desk.by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = _("The membership of %(name)s goes on.")
        messages.success(request, text % {"name": period.member})
    return _to_page(desk, period.member)


@require_http_methods(["GET", "HEAD", "POST"])
def membership_start(request: HttpRequest, consortium: str, slug: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    member, periods = _member(desk, slug)
    form = StartForm(sent(request), first=_day_after(periods))
    if form.is_valid():
        try:
            service.start_again(
                member_id=member.pk, consortium=desk.consortium, by=desk.by, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_service_error(error)
        else:
            text = _("%(name)s is a member again from the day you chose.")
            messages.success(request, text % {"name": _name(member, periods)})
            return _to_page(desk, member)
    return _form(desk, "lead/membership_start.html", form, member, name=_name(member, periods))


def _member(desk: Desk, slug: str) -> tuple[Member, list[Membership]]:
    """A present or former member, and its periods in this consortium alone, oldest first."""
    periods = Membership.objects.filter(consortium=desk.consortium)
    found = Member.objects.filter(pk__in=periods.values("member"))
    member = get_object_or_404(found, slug=slug)
    return member, list(periods.filter(member=member).order_by("start", "pk"))


def _day_after(periods: list[Membership]) -> datetime.date:
    """The first day that is free: today, or the day after a planned end."""
    ends = [period.end + datetime.timedelta(days=1) for period in periods if period.end]
    return max([today(), *ends])


def _period(desk: Desk, pk: int) -> Membership:
    periods = Membership.objects.filter(consortium=desk.consortium).select_related("member")
    return get_object_or_404(periods, pk=pk)


def _name(member: Member, periods: list[Membership]) -> str:
    """A former member's as it was: its desk is told nothing later (A3)."""
    ends = [period.end for period in periods]
    if any(period.status != Membership.Status.ENDED for period in periods):
        return member.display_name
    last = max(end for end in ends if end)
    return names_then({member.pk: last})[member.pk]


def _to_page(desk: Desk, member: Member) -> HttpResponse:
    return redirect("lead:membership", desk.consortium.slug, member.slug)


def _form(desk: Desk, template: str, form: Any, member: Member, **more: Any) -> HttpResponse:
    context = {"consortium": desk.consortium, "member": member, "form": form}
    return render(desk.request, template, context | more)
