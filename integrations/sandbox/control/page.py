"""`/sandbox/`: the same switches for a developer's hand. Answers this computer only."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integrations.sandbox import clock, webhooks
from integrations.sandbox.control.forms import ClockForm, FaultForm, LimitForm, StatusForm
from integrations.sandbox.control.guard import OrderError, is_here
from integrations.sandbox.control.statuses import set_status
from integrations.sandbox.faults import faults
from integrations.sandbox.limits import limiter
from integrations.sandbox.models import Webhook

View = Callable[[HttpRequest], HttpResponse]
DONE = {
    "faults": "What goes wrong has been changed.",
    "cleared": "Nothing goes wrong any more.",
    "limits": "The limit has been changed; counting begins anew.",
    "status": "The record has been changed.",
    "webhooks": "The calls that were due have been made.",
}


def here_only(view: View) -> View:
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not is_here(request):
            told = {"message": "Only this computer may control the sandbox."}
            return render(request, "sandbox/error.html", told, status=403)
        return view(request)

    return guarded


@here_only
@require_safe
def switches(request: HttpRequest) -> HttpResponse:
    return page(request, {})


@here_only
@require_POST
def order_fault(request: HttpRequest) -> HttpResponse:
    form = FaultForm(request.POST)
    if not form.is_valid():
        return page(request, {"fault_form": form})
    faults.add(form.fault())
    return done("faults")


@here_only
@require_POST
def clear_faults(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("number", "")
    faults.clear(int(number) if number.isdecimal() else None)
    return done("faults" if faults.all() else "cleared")


@here_only
@require_POST
def change_limit(request: HttpRequest) -> HttpResponse:
    form = LimitForm(request.POST)
    if not form.is_valid():
        return page(request, {"limit_form": form})
    limiter.start(form.allowance())
    return done("limits")


@here_only
@require_POST
def change_status(request: HttpRequest) -> HttpResponse:
    form = StatusForm(request.POST)
    if form.is_valid():
        try:
            set_status(**form.cleaned_data)
            return done("status")
        except OrderError as error:
            form.add_error(None, str(error))
    return page(request, {"status_form": form})


@here_only
@require_POST
def run_webhooks(request: HttpRequest) -> HttpResponse:
    form = ClockForm(request.POST)
    if not form.is_valid():
        return page(request, {"clock_form": form})
    form.turn()
    webhooks.call_due()
    return done("webhooks")


def page(request: HttpRequest, refused: dict[str, forms.Form]) -> HttpResponse:
    """The whole page; `refused`: the form that was sent and is shown again with its errors."""
    allowance = limiter.allowance
    numbers = {field: getattr(allowance, field) for field in LimitForm.base_fields}
    for field in ("member_per_second", "public_per_second"):
        numbers[field] = round(numbers[field])
    context = {
        "fault_form": FaultForm(),
        "limit_form": LimitForm(initial=numbers),
        "status_form": StatusForm(),
        "clock_form": ClockForm(),
        "ordered": faults.all(),
        "counts": sorted(limiter.counted().items()),
        "webhooks": Webhook.objects.select_related("person", "client")[:100],
        "now": clock.clock.now(),
        "done": DONE.get(request.GET.get("done", ""), ""),
        **refused,
    }
    return render(request, "sandbox/switches.html", context)


def done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/sandbox/?done={what}")
