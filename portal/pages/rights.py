"""*What is held about you*: the page, and the same as JSON and CSV. Draws on every room."""

import datetime
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts import held
from contacts.models import Contact
from contacts.proof import proof_needed, proved_recently
from contacts.throttles import COPIES, spend, too_many
from integrations.orcid.id_token import FRESH_SECONDS
from members.cells import csv_lines
from members.http import PortalRequest, attachment

# The page shows so many rows of a kind; files have all of them.
SHOWN = 3
# After the proof people are led to the page: a file alone would leave them where they proved it.
_proof_needed = partial(proof_needed, back="my_data")


@require_safe
@never_cache
def data(request: PortalRequest) -> HttpResponse:
    """Section by section; where it is put right, how to object, how to delete it."""
    found = [(section, _shown(section)) for section in held.sections(request.user)]
    context = {
        "found": [pair for pair in found if pair[1]["rows"]],
        "empty": [section for section, shown in found if not shown["rows"]],
        "places": Contact.objects.of(request.user).select_related("member").order_by("pk"),
        "is_proved": proved_recently(request),
        "proof_lasts": held.lasting(FRESH_SECONDS),
    }
    return render(request, "people/data.html", context)


def _shown(section: held.Section) -> dict[str, Any]:
    rows = list(section.values(SHOWN + 1))
    labels = {column.key: column.label for column in section.columns}
    said = [[(labels[key], value) for key, value in row.items() if _is_said(value)] for row in rows]
    return {"rows": said[:SHOWN], "is_more": len(rows) > SHOWN}


def _is_said(value: Any) -> bool:
    """Whether there is anything: No and 0 are."""
    return value not in (None, "", [], {})


@_proof_needed
@require_safe
@never_cache
def data_json(request: PortalRequest) -> HttpResponse:
    return _file(request, _json(request), "application/json", "json")


@_proof_needed
@require_safe
@never_cache
def data_csv(request: PortalRequest) -> HttpResponse:
    head = ["section", "row", "field", "value", "section_title", "field_title"]
    lines = csv_lines(head, _cells(request))
    return _file(request, lines, "text/csv; charset=utf-8", "csv")


def _file(
    request: PortalRequest, pieces: Iterator[str], content_type: str, ending: str
) -> HttpResponse:
    if wait := spend((COPIES, request.user.pk)):
        messages.error(request, too_many(wait).messages[0])
        return redirect("my_data")
    response = StreamingHttpResponse(pieces, content_type=content_type)
    attachment(response, "held-about-me", ending)
    return response  # type: ignore[return-value]  # a response, if not an HttpResponse


def _json(request: PortalRequest) -> Iterator[str]:
    """One object, written as it is read; a line for each row, as people open it, too."""
    yield f'{{"made_at": {_dumped(timezone.now())}, "sections": ['
    for place, section in enumerate(held.sections(request.user)):
        about = {
            "section": section.key,
            "title": str(section.title),
            "source": str(section.source),
            "why": str(section.why),
            "kept_until": str(section.until),
            "seen_by": str(section.seen_by),
            "fields": {column.key: str(column.label) for column in section.columns},
        }
        yield f'{"," if place else ""}\n{_dumped(about)[:-1]}, "rows": ['
        for number, row in enumerate(section.values()):
            yield f"{',' if number else ''}\n  {_dumped(row)}"
        yield "]}"
    yield "\n]}\n"


def _cells(request: PortalRequest) -> Iterator[list[str]]:
    """The last two columns say in words what the names of the first and third stand for."""
    for section in held.sections(request.user):
        labels = {column.key: str(column.label) for column in section.columns}
        for number, row in enumerate(section.values(), start=1):
            for key, value in row.items():
                if _is_said(value):
                    cells = [section.key, str(number), key, _cell(value)]
                    yield [*cells, str(section.title), labels[key]]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return _dumped(value)


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_moment)


def _moment(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)
