"""What tests and demos let go wrong: faults, the rate limit, the clock of webhooks."""

import dataclasses
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from integrations.sandbox import faults as kinds
from integrations.sandbox import webhooks
from integrations.sandbox.clock import clock
from integrations.sandbox.control.guard import Json, OrderError, body, control, number
from integrations.sandbox.faults import FaultError, faults
from integrations.sandbox.limits import Allowance, limiter


@control("POST", "DELETE")
def fault(request: HttpRequest) -> HttpResponse:
    if request.method == "DELETE":
        faults.clear()
        return HttpResponse(status=204)
    try:
        ordered = kinds.ordered(body(request))
    except FaultError as error:
        raise OrderError(str(error)) from None
    faults.add(ordered)
    return JsonResponse({"fault": str(ordered)}, status=201)


@control("GET", "POST")
def limits(request: HttpRequest) -> HttpResponse:
    """GET: the numbers and what was counted. POST changes numbers and begins to count anew."""
    if request.method == "POST":
        limiter.start(allowance(body(request)))
    counted = {
        name: {
            "calls": count.calls,
            "refused": count.refused,
            "peak": count.peak,
            "longest_wait": round(count.longest_wait, 3),
        }
        for name, count in limiter.counted().items()
    }
    return JsonResponse(
        {
            **dataclasses.asdict(limiter.allowance),
            "calls": sum(count["calls"] for count in counted.values()),
            "refused": sum(count["refused"] for count in counted.values()),
            "peak": max((count["peak"] for count in counted.values()), default=0),
            "callers": counted,
        }
    )


def allowance(order: Json) -> Allowance:
    """Today's numbers with those of the order. A rate of nought would stop everything: refused."""
    known: dict[str, Any] = dataclasses.asdict(limiter.allowance)
    if unknown := order.keys() - known.keys():
        raise OrderError(f"{', '.join(sorted(unknown))}: nothing of this name can be set.")
    for key in order.keys() - {"on"}:
        number(order, key)
    wanted = Allowance(**{**known, **order})
    if not (wanted.member_per_second and wanted.public_per_second):
        raise OrderError("A caller must be allowed some calls.")
    return wanted


@control("POST")
def run_webhooks(_request: HttpRequest) -> HttpResponse:
    """Make the calls that are due, and say what came of them."""
    return JsonResponse(
        {
            "calls": [
                {
                    "orcid": called.webhook.person.orcid,
                    "uri": called.webhook.uri,
                    "status": called.status,
                    "problem": called.problem,
                    "done": called.is_done,
                }
                for called in webhooks.call_due()
            ]
        }
    )


@control("POST")
def turn_clock(request: HttpRequest) -> HttpResponse:
    """Turn it forward, or change how often calls are made and how long a failure keeps waiting."""
    order = body(request)
    clock.advance(number(order, "advance_seconds") or 0)
    clock.turn(every=number(order, "every_seconds"), retry=number(order, "retry_seconds"))
    return JsonResponse(
        {
            "now": clock.now().isoformat(),
            "every_seconds": clock.every_seconds,
            "retry_seconds": clock.retry_seconds,
        }
    )
