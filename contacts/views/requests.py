"""The desk's queue of help requests, and naming a new Main."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.forms.help import HandleForm, RecoveryForm
from contacts.http import Desk, enter_desk, enter_desk_to_manage
from contacts.models import HelpRequest, Recovery
from contacts.services import recovery as recovery_service
from contacts.services import requests as service
from contacts.views._shared import sent
from members.http import saying
from members.models import Member
from members.paging import paginate


@require_safe
def requests(request: HttpRequest, consortium: str) -> HttpResponse:
    """Those whose address is proved: open ones first; `?show=closed` for the others."""
    desk = enter_desk(request, consortium)
    proved = desk.consortium.help_requests.exclude(proved_at=None).select_related("member")
    closed = request.GET.get("show") == "closed"
    is_closed = Q(state__in=HelpRequest.CLOSED)
    shown = proved.filter(is_closed if closed else ~is_closed)
    page = paginate(shown.order_by("-pk"), request.GET.get("page"))
    members = Member.objects.current_in(desk.consortium)
    recoveries = Recovery.objects.filter(member__in=members.values("pk"), state__in=Recovery.OPEN)
    context = {"consortium": desk.consortium, "desk": desk, "page": page, "closed": closed}
    context["recoveries"] = recoveries.select_related("member", "contact")
    return render(request, "lead/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def help_request(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk(request, consortium)
    proved = desk.consortium.help_requests.exclude(proved_at=None).select_related("member")
    asked = get_object_or_404(proved, pk=pk)
    if request.method == "POST" and not desk.can_manage:
        raise PermissionDenied
    form = HandleForm(sent(request))
    if form.is_valid():
        try:
            _handle(desk, asked, form)
        except ValidationError as error:
            form.add_service_error(error)
        else:
            messages.success(request, _("Saved. The one who asked is told by e-mail."))
            return redirect("lead:request", desk.consortium.slug, asked.pk)
    context = {"consortium": desk.consortium, "desk": desk, "asked": asked, "form": form}
    context["steps"] = asked.messages.select_related("author")
    return render(request, "lead/request.html", context)


def _handle(desk: Desk, asked: HelpRequest, form: HandleForm) -> None:
    service.handle(
        request_id=asked.pk,
        state=HelpRequest.State(form.cleaned_data["state"]),
        text=form.cleaned_data["text"],
        by=desk.by,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def recovery_start(request: HttpRequest, consortium: str, slug: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    member = get_object_or_404(Member.objects.current_in(desk.consortium), slug=slug)
    if not recovery_service.can_recover(desk.by, member):
        raise PermissionDenied
    form = RecoveryForm(sent(request), member=member)
    if form.is_valid():
        try:
            recovery_service.start_recovery(member_id=member.pk, by=desk.by, **form.cleaned_data)
        except ValidationError as error:
            form.add_service_error(error)
        else:
            messages.success(request, _("Everybody there is told. You see it among the requests."))
            return redirect("lead:requests", desk.consortium.slug)
    context = {"consortium": desk.consortium, "member": member, "form": form}
    return render(request, "lead/recovery_start.html", context)


@require_POST
def recovery_cancel(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    members = Member.objects.current_in(desk.consortium).values("pk")
    found = get_object_or_404(Recovery, pk=pk, member__in=members)
    with saying(request, _("It is called off.")):
        recovery_service.cancel_recovery(recovery_id=found.pk, by=desk.by)
    return redirect("lead:requests", desk.consortium.slug)
