"""Privacy: the consortia's notices, people's rights, cookies, and the record of processing."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from members.models import Consortium
from portal.cookies import cookies
from portal.processing import MEASURES, activities


@login_not_required
@require_safe
def privacy_notices(request: HttpRequest) -> HttpResponse:
    """Each consortium answers for its own notice; rights and cookies are the same everywhere."""
    consortia = list(Consortium.objects.exclude(privacy_notice="").only("name", "slug")[:200])
    context = {"consortia": consortia, "cookies": cookies()}
    return render(request, "pages/privacy_notices.html", context)


@login_not_required
@require_safe
def notice(request: HttpRequest, consortium: str) -> HttpResponse:
    found = get_object_or_404(Consortium, slug=consortium)
    return render(request, "pages/privacy.html", {"consortium": found})


@login_not_required
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """The record of processing (GDPR, article 30), from the settings that do what it says."""
    consortia = Consortium.objects.only("name", "slug", "helpdesk_email", "privacy_notice")
    context = {
        "controller": settings.CONTROLLER or settings.PORTAL_NAME,
        "contact": settings.CONTROLLER_CONTACT or settings.HELPDESK_EMAIL,
        "officer": settings.DATA_PROTECTION_OFFICER,
        "location": settings.DATA_LOCATION,
        "processors": settings.PROCESSORS,
        "consortia": list(consortia[:200]),
        "activities": activities(),
        "measures": MEASURES,
    }
    return render(request, "pages/processing.html", context)
