"""The public directory: active organisations, never a person."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from members.dates import today
from members.filters import LETTERS, DirectoryPageFilter, letters_in_use
from members.http import logo_response, render_page_or_part, same_for_all
from members.models import Identifier, Member
from members.paging import paginate

LOGO_SECONDS = 7 * 24 * 3600


@login_not_required
@require_safe
def directory_list(request: HttpRequest) -> HttpResponse:
    chosen = DirectoryPageFilter(request.GET, queryset=Member.objects.public())
    page = paginate(chosen.qs.order_by("sort_key", "pk"), request.GET.get("page"))
    letters = _letters(request, chosen)
    context = {"filter": chosen, "form": chosen.form, "page": page, "letters": letters}
    context |= {"is_filtered": any(chosen.form.cleaned_data.values())}
    context |= {"canonical": settings.SITE_URL + reverse("directory:list")}
    return render_page_or_part(request, "directory/list.html", "directory/_results.html", context)


@login_not_required
@require_safe
def directory_detail(request: HttpRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.public(), slug=slug)
    membership = member.memberships.active(today()).select_related("consortium").first()
    identifiers = list(member.identifiers.all())
    schemes = [identifier.scheme for identifier in identifiers]
    # ROR first; within a scheme the preferred one, which is named so where there is a choice.
    identifiers.sort(key=lambda found: (found.scheme != Identifier.Scheme.ROR, not found.preferred))
    context: dict[str, Any] = {"member": member, "membership": membership}
    context |= {"identifiers": identifiers}
    context |= {"several": {scheme for scheme in schemes if schemes.count(scheme) > 1}}
    context |= {"canonical": settings.SITE_URL + reverse("directory:detail", args=[member.slug])}
    return render(request, "directory/detail.html", context)


@same_for_all
@login_not_required
@require_safe
def directory_logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture as it is kept; only where the organisation has allowed to show it."""
    member = get_object_or_404(Member.objects.public(), slug=slug)
    if not member.logo_is_public:
        raise Http404
    return logo_response(member, cache_control=f"public, max-age={LOGO_SECONDS}")


def _letters(request: HttpRequest, chosen: DirectoryPageFilter) -> list[dict[str, Any]]:
    """The strip A–Z and `#`; the letters keep the other filters and start on the first page."""
    given = chosen.form.cleaned_data
    others = chosen.queryset
    for name in ("search", "country", "community"):
        if given.get(name):
            others = chosen.filters[name].filter(others, given[name])
    used = letters_in_use(others)
    return [
        {"letter": letter, "is_used": letter in used, "is_current": letter == given.get("initial")}
        for letter in LETTERS
    ]
