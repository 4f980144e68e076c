"""What goes to a person's ORCID record, what became of it, and each of ORCID's answers."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integrations.orcid import connections
from integrations.push import words
from integrations.push.models import Attempt, Delivery
from integrations.push.querysets import OPEN, STUCK
from integrations.push.services import queueing
from integrations.works.models import Grant, MemberWork
from integrations.works.permissions import member_keys_of_researcher
from integrations.works.services import pushing
from integrations.works.switches import lacking
from members.actors import Actor
from members.http import PortalRequest
from members.keyset import Order, stretch
from members.paging import total_in_words

NEWEST = Order("id", is_down=True)
SHOWS = {
    "": [*OPEN, *STUCK],
    "there": ["in_orcid", "covered"],
    "over": ["discarded", "removed", "deleted", "withdrawn"],
}
_State = Delivery.State
_SENT_AGAIN = {_State.FAILED, _State.DISCARDED, _State.REMOVED, _State.WAITING, _State.QUEUED}
_DISCARDED = {_State.FAILED, _State.WAITING, _State.QUEUED, _State.COVERED}


def where_listed(state: str) -> str:
    """The query of the queue at which deliveries in this state are shown."""
    found = next(show for show, states in SHOWS.items() if state in states)
    return f"?show={found}" if found else ""


def _deliveries(request: PortalRequest) -> QuerySet[Delivery]:
    """To the person's own record, by their own connection; of everybody else's, nothing."""
    connection = connections.own_connection(request.user.orcid)
    own = Delivery.objects.filter(section=pushing.SECTION)
    return own.filter(connection=connection) if connection else own.none()


@require_safe
@never_cache
def queue(request: PortalRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    own = _deliveries(request)
    listed = own.filter(state__in=SHOWS.get(show, SHOWS[""]))
    page = stretch(
        listed, own, request.GET, order=NEWEST, shown=lambda rows: rows.select_related("member")
    )
    titles = _titles(page.items)
    readable = _readable(request, titles)
    context: dict[str, Any] = {
        "show": show if show in SHOWS else "",
        "page": page,
        "rows": [
            {
                "delivery": row,
                "title": titles.get(row.item_id, ""),
                "is_readable": row.item_id in readable,
                # What lacks something would only be refused again.
                "may_send": row.state in _SENT_AGAIN and row.error_code != words.INCOMPLETE,
                "may_discard": row.state in _DISCARDED,
            }
            for row in page.items
        ],
    }
    connection = connections.own_connection(request.user.orcid)
    pushes = Grant.objects.in_force().of(request.user).for_purpose(Grant.Purpose.PUSH)
    context["may_push"] = pushes.exists()
    context["connection"] = connection
    context["lacking"] = lacking(connection, [Grant.Purpose.PUSH] if context["may_push"] else [])
    context["unsent"] = pushing.unsent(request.user).count()
    return render(request, "works/queue.html", context)


def _titles(rows: Iterable[Delivery]) -> dict[int, str]:
    """What is no longer here has none."""
    keys = [row.item_id for row in rows]
    return dict(MemberWork.objects.filter(pk__in=keys).values_list("pk", "title"))


def _readable(request: PortalRequest, titles: Iterable[int]) -> set[int]:
    """Those of these works that have a page for the person (`institution_work`)."""
    here = member_keys_of_researcher(request.user)
    own = MemberWork.objects.of(request.user).filter(pk__in=list(titles), member__in=here)
    return set(own.values_list("pk", flat=True))


@require_safe
@never_cache
def queue_history(request: PortalRequest) -> HttpResponse:
    """Each call to ORCID for this person's record, newest first; in plain words."""
    own = Attempt.objects.filter(delivery__in=_deliveries(request))
    page = stretch(
        own,
        own,
        request.GET,
        order=NEWEST,
        shown=lambda rows: rows.select_related("delivery__member"),
    )
    titles = _titles(attempt.delivery for attempt in page.items)
    rows = [(attempt, titles.get(attempt.delivery.item_id, "")) for attempt in page.items]
    return render(request, "works/queue_history.html", {"page": page, "rows": rows})


@require_POST
def push_all(request: PortalRequest) -> HttpResponse:
    """What was public before the person connected, too."""
    if not request.user.orcid or connections.own_connection(request.user.orcid) is None:
        messages.error(request, _("Connect ORCID first."))
        return redirect("works:queue")
    number = pushing.push_all(person=request.user)
    if number:
        text = ngettext("%(n)s work is queued.", "%(n)s works are queued.", number)
        messages.success(request, text % {"n": total_in_words(number)})
    else:
        messages.info(request, _("There is nothing that was not sent already."))
    return redirect("works:queue")


@require_POST
def queue_send(request: PortalRequest, pk: int) -> HttpResponse:
    """Send it now, though it failed, was discarded, or was removed at ORCID."""
    row = get_object_or_404(_deliveries(request), pk=pk)
    queueing.send_now(delivery_id=row.pk, by=Actor.contact(request.user))
    messages.success(request, _("It is sent now, if it may go."))
    return redirect("works:queue")


@require_POST
def queue_discard(request: PortalRequest, pk: int) -> HttpResponse:
    """It stays discarded, whatever becomes of the work."""
    row = get_object_or_404(_deliveries(request), pk=pk)
    queueing.discard(delivery_id=row.pk, by=Actor.contact(request.user))
    messages.success(request, _("It is discarded, and is not sent unless you say so."))
    return redirect("works:queue")
