"""Confirmation rounds on the lead desk: start, month, progress, close."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from contacts.forms.rounds import MonthForm
from contacts.http import Desk, enter_desk, enter_desk_to_manage
from contacts.models import Confirmation, ConfirmationRound, Contact
from contacts.services.rounds import close_round, set_round_month, start_round
from members.models import Consortium, Member
from members.paging import paginate

ROWS_ON_A_PAGE = 50
Stage = Confirmation.Stage
OPEN = Q(confirmed_at=None)
# The states of the progress page, in order: how they are called, and which rows they hold.
STATES = {
    "waiting": (gettext_lazy("To be asked"), OPEN & Q(asked_at=None)),
    "main": (
        gettext_lazy("Main relationship contact asked"),
        OPEN & Q(stage=Stage.MAIN, asked_at__isnull=False),
    ),
    "others": (gettext_lazy("Other contacts asked"), OPEN & Q(stage=Stage.OTHERS)),
    "lead": (gettext_lazy("Not answered: lead told"), OPEN & Q(stage=Stage.LEAD)),
    "confirmed": (gettext_lazy("Confirmed"), ~OPEN),
}


@require_safe
def rounds(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk(request, consortium)
    return _page(desk, MonthForm(initial={"month": desk.consortium.round_month}))


def _page(desk: Desk, form: MonthForm) -> HttpResponse:
    found = ConfirmationRound.objects.filter(consortium=desk.consortium).select_related(
        "started_by"
    )
    counted = found.annotate(
        asked=Count("confirmations"),
        confirmed=Count("confirmations", filter=Q(confirmations__confirmed_at__isnull=False)),
    )
    # A query that groups has no order of its own.
    page = paginate(counted.order_by("-started_at", "-pk"), desk.request.GET.get("page"))
    is_open = found.filter(closed_at=None).exists()
    context = {"consortium": desk.consortium, "desk": desk, "page": page, "form": form}
    context["month_name"] = MONTHS.get(desk.consortium.round_month or 0, "")
    return render(desk.request, "lead/rounds.html", context | {"is_open": is_open})


@require_POST
def round_start(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    try:
        begun = start_round(consortium_id=desk.consortium.pk, by=desk.by)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("lead:rounds", consortium)
    messages.success(request, _("The round has started: the members are being asked by mail."))
    return redirect("lead:round", consortium, begun.pk)


@require_POST
def round_month(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    form = MonthForm(request.POST)
    if not form.is_valid():
        return _page(desk, form)
    set_round_month(consortium_id=desk.consortium.pk, month=form.cleaned_data["month"], by=desk.by)
    messages.success(request, _("The month is saved."))
    return redirect("lead:rounds", consortium)


@require_safe
def progress(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """Who has been asked, reminded, and has confirmed."""
    desk = enter_desk(request, consortium)
    found = _round(desk, pk)
    rows = _rows(found, desk.consortium)
    counts = rows.order_by().aggregate(
        **{name: Count("pk", filter=which) for name, (_label, which) in STATES.items()}
    )
    state = request.GET.get("state", "")
    shown = rows.filter(STATES[state][1]) if state in STATES else rows
    page = paginate(shown, request.GET.get("page"), size=ROWS_ON_A_PAGE)
    context: dict[str, Any] = {
        "consortium": desk.consortium,
        "desk": desk,
        "round": found,
        "page": page,
        "state": state if state in STATES else "",
        "states": [(name, label, counts[name]) for name, (label, _which) in STATES.items()],
        "total": sum(counts.values()),
        "rows": _named(page.items),
    }
    return render(request, "lead/round.html", context)


def _round(desk: Desk, pk: int) -> ConfirmationRound:
    found = ConfirmationRound.objects.select_related("started_by")
    return get_object_or_404(found, consortium=desk.consortium, pk=pk)


def _rows(found: ConfirmationRound, consortium: Consortium) -> QuerySet[Confirmation, Any]:
    current = Member.objects.current_in(consortium).filter(pk=OuterRef("member"))
    rows = Confirmation.objects.filter(round=found).select_related("member", "confirmed_by")
    return rows.annotate(is_current=Exists(current)).order_by("member__sort_key", "pk")


def _named(rows: list[Confirmation]) -> list[dict[str, Any]]:
    """Who confirmed, under the name the member knows: many names are not public at ORCID."""
    people = Contact.objects.filter(
        member__in=[row.member_id for row in rows],
        orcid__in=[row.confirmed_by.orcid for row in rows if row.confirmed_by],
    )
    names = {(contact.member_id, contact.orcid): contact.display_name for contact in people}
    return [
        {
            "confirmation": row,
            "state": _state(row),
            "by": names.get((row.member_id, row.confirmed_by.orcid or ""), row.confirmed_by)
            if row.confirmed_by
            else "",
        }
        for row in rows
    ]


def _state(row: Confirmation) -> str:
    if row.confirmed_at:
        return "confirmed"
    return str(row.stage) if row.asked_at else "waiting"


@require_POST
def round_close(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    close_round(round_id=_round(desk, pk).pk, by=desk.by)
    messages.success(request, _("The round is closed: nobody is reminded any more."))
    return redirect("lead:round", consortium, pk)
