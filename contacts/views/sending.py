"""An announcement on its way: tried on oneself, sent, stopped; and each of its deliveries."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.audience import audience_of
from contacts.forms.announcements import SendForm
from contacts.http import Desk, enter_desk, enter_desk_to_manage
from contacts.models import Announcement, Mail
from contacts.services import announcements as service
from contacts.views._shared import refused, status_of
from contacts.views.announcements import announcement_of, audience_in_words
from members.errors import StaleVersion
from members.http import saying
from members.paging import paginate

ROWS_ON_A_PAGE = 50
State = Announcement.State
_CAN_REPEAT = {Mail.State.UNKNOWN, Mail.State.FAILED}
_REPEATABLE = {State.SENDING, State.SENT}


@require_POST
def announcement_test(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    found = announcement_of(desk, pk)
    try:
        mail = service.send_test(announcement_id=found.pk, by=desk.by)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        text = _("A test is on its way to %(email)s, and to nobody else.")
        messages.success(request, text % {"email": mail.to})
    return redirect("lead:announcement", consortium, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_send(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """Asks once more, with the number of those who get it."""
    desk = enter_desk_to_manage(request, consortium)
    found = announcement_of(desk, pk)
    if found.state not in service.OPEN_STATES:
        return redirect("lead:announcement", consortium, pk)
    if request.method != "POST":
        return _asking(desk, found, SendForm(initial={"version": found.version}))
    form = SendForm(request.POST)
    if not form.is_valid():
        return _asking(desk, found, form)
    try:
        sent = service.send_announcement(announcement_id=found.pk, by=desk.by, **form.cleaned_data)
    except (StaleVersion, ValidationError) as error:
        found.refresh_from_db()
        return _asking(desk, found, form, **refused(form, error))
    is_scheduled = sent.state == State.SCHEDULED
    text = _("It is scheduled.") if is_scheduled else _("It is being sent. You can follow it here.")
    messages.success(request, text)
    return redirect("lead:announcement", consortium, pk)


def _asking(desk: Desk, found: Announcement, form: SendForm, **context: Any) -> HttpResponse:
    page = {"consortium": desk.consortium, "announcement": found, "form": form, **context}
    try:
        page["receivers"] = audience_of(found).receivers().count()
    except ValidationError as error:
        page["problem"] = error.messages[0]
    page["audience"] = audience_in_words(found)
    status = status_of(context)
    return render(desk.request, "lead/announcement_send.html", page, status=status)


@require_POST
def announcement_stop(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    found = announcement_of(desk, pk)
    try:
        stopped = service.stop_announcement(announcement_id=found.pk, by=desk.by)
    except ValidationError as error:
        messages.info(request, error.messages[0])
        return redirect("lead:announcement", consortium, pk)
    is_draft = stopped.state == State.DRAFT
    text = _("It is a draft again, and is not sent.") if is_draft else _("It is stopped.")
    messages.success(request, text)
    return redirect("lead:announcement", consortium, pk)


@require_safe
def announcement_deliveries(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk(request, consortium)
    found = announcement_of(desk, pk)
    rows = Mail.objects.filter(announcement=found).select_related("contact", "member")
    state = request.GET.get("state", "")
    if state in Mail.State.values:
        rows = rows.filter(state=state)
    page = paginate(rows.order_by("pk"), request.GET.get("page"), size=ROWS_ON_A_PAGE)
    context = {
        "consortium": desk.consortium,
        "announcement": found,
        "page": page,
        "state": state if state in Mail.State.values else "",
        "states": Mail.State.choices,
        "can_repeat": _CAN_REPEAT if desk.can_manage and found.state in _REPEATABLE else set(),
    }
    return render(request, "lead/announcement_deliveries.html", context)


@require_POST
def announcement_again(request: HttpRequest, consortium: str, pk: int, mail: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    found = announcement_of(desk, pk)
    row = get_object_or_404(Mail, announcement=found, pk=mail)
    with saying(request, _("It goes once more to %(email)s.") % {"email": row.to}):
        service.send_delivery_again(mail_id=row.pk, by=desk.by)
    return redirect("lead:announcement_deliveries", consortium, pk)
