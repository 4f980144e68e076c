"""Addresses of renamed and merged members lead on to the present one."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from members.models import FormerSlug, Member

# Where `slug` in an address names a member; and who may see it there.
_PUBLIC, _TOOLS = "directory", "tools"


class FormerAddressMiddleware:
    """Asks only when a page was not found, so that good addresses cost nothing.

    Who may not see the member is told nothing: the 404 stays (A1).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if not isinstance(exception, Http404) or match is None or request.method == "POST":
            return None
        slug = match.kwargs.get("slug")
        if not slug or match.namespace not in {_PUBLIC, _TOOLS}:
            return None
        former = FormerSlug.objects.filter(slug=slug).first()
        if former is None:
            return None
        public = match.namespace == _PUBLIC
        seen = Member.objects.public() if public else Member.objects.visible_to(request.user)
        member = seen.filter(pk=former.member_id).first()
        if member is None:
            return None
        address = reverse(match.view_name, kwargs={**match.kwargs, "slug": member.slug})
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
