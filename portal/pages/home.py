"""The front page, and the privacy notices of the consortia."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from contacts.gaps import with_gap_slugs
from integrations.works.models import Keeper
from members.models import Consortium, Member
from portal.context import MENU_LENGTH


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is; for a signed-in person the way to their work, with what is missing there."""
    if not request.user.is_authenticated:
        return render(request, "home.html")
    own = list(with_gap_slugs(Member.objects.own(request.user))[:MENU_LENGTH])
    # Whoever keeps works and nothing else finds them here.
    kept = [] if own else list(Keeper.objects.members_of(request.user)[:MENU_LENGTH])
    return render(request, "home.html", {"my_members": own, "kept": kept})


@login_not_required
@require_safe
def privacy_notices(request: HttpRequest) -> HttpResponse:
    """Each consortium answers for its own notice; where there is only one, it is shown at once."""
    consortia = list(Consortium.objects.exclude(privacy_notice="").only("name", "slug")[:200])
    if len(consortia) == 1:
        return redirect("privacy", consortia[0].slug)
    return render(request, "pages/privacy_notices.html", {"consortia": consortia})


@login_not_required
@require_safe
def privacy(request: HttpRequest, consortium: str) -> HttpResponse:
    found = get_object_or_404(Consortium, slug=consortium)
    return render(request, "pages/privacy.html", {"consortium": found})
