"""The front page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contacts.gaps import with_gap_slugs
from integrations.works.models import Keeper
from members.models import Member
from portal.context import MENU_LENGTH


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is; for a signed-in person the way to their work, with what is missing there."""
    if not request.user.is_authenticated:
        return render(request, "home.html")
    own = list(with_gap_slugs(Member.objects.own(request.user))[:MENU_LENGTH])
    # Whoever keeps the works of a member that is not theirs anyway finds them here.
    desks = Keeper.objects.members_of(request.user).exclude(pk__in=[member.pk for member in own])
    kept = list(desks[:MENU_LENGTH])
    return render(request, "home.html", {"my_members": own, "kept": kept})
