"""Exactly the works that the list shows, as a file."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integrations.works.files.writing import FORMATS
from integrations.works.filters import WorkFilter
from members.http import PortalRequest, attachment

_AT_ONCE = 500


@require_safe
@never_cache
def export(request: PortalRequest, form: str) -> HttpResponseBase:
    """Streamed: ten thousand works take no more memory than some hundred."""
    if form not in FORMATS:
        raise Http404
    asked = WorkFilter(request.GET, person=request.user)
    works = asked.works().order_by(*asked.order.columns()).defer("search_key")
    return as_file(works, form, "publications")


def as_file(works: QuerySet[Any, Any], form: str, name: str) -> StreamingHttpResponse:
    """Works in one of the formats, with the day in the name of the file."""
    kind = FORMATS[form]
    response = StreamingHttpResponse(
        kind.write(works.iterator(_AT_ONCE)), content_type=kind.content_type
    )
    return attachment(response, name, kind.suffix)
