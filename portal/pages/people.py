"""Public profiles: what a person tells of themselves, with their public works.

Nothing of these pages says whose contact they are (A6). A profile that is switched off is answered as
one that never was.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts.models import Profile
from integrations.works.models import Work
from integrations.works.rows import rows_of, with_columns
from members.http import PortalRequest, picture_response, same_for_all
from members.keyset import Order, stretch

_NEWEST_FIRST = Order("published", is_down=True)


@login_not_required
@require_safe
def profile(request: HttpRequest, key: str) -> HttpResponse:
    shown = get_object_or_404(Profile.objects.public().select_related("user"), key=key)
    context = {
        **_content(request, shown),
        "canonical": settings.SITE_URL + shown.get_absolute_url(),
    }
    response = render(request, "people/public_profile.html", context)
    if not shown.for_search_engines:
        response["X-Robots-Tag"] = "noindex"
    return response


@same_for_all
@login_not_required
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """Kept by the visitor's own browser alone, and not for long: it may be switched off."""
    shown = get_object_or_404(Profile.objects.public().select_related("user"), key=key)
    response = picture_response(shown.user.picture, cache_control="private, max-age=300")
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@never_cache
def preview(request: PortalRequest) -> HttpResponse:
    """One's own, as others would see it, switched on or not."""
    person = request.user
    shown = Profile.objects.filter(user=person).first() or Profile(user=person)
    context = {**_content(request, shown), "is_preview": True}
    return render(request, "people/public_profile.html", context)


def _content(request: HttpRequest, shown: Profile) -> dict[str, Any]:
    """Of the works those alone that are public at ORCID, and that the person has not hidden (O7)."""
    works = Work.objects.filter(person=shown.user).public()
    page = stretch(works, works, request.GET, order=_NEWEST_FIRST, shown=with_columns)
    return {
        "profile": shown,
        "person": shown.user,
        "page": page,
        "rows": [{"year": row.work.published[:4], "row": row} for row in rows_of(page.items)],
    }
