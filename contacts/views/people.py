"""A person's own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts.models import PROTECTED_ROLES, Contact
from members.models import Member


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    visible = Member.objects.own(request.user).values("pk")
    places = (
        Contact.objects.of(request.user)
        .filter(member__in=visible)
        .select_related("member")
        .prefetch_related("role_assignments")
        .order_by("member__sort_key")
    )
    context = {"places": places, "protected_roles": PROTECTED_ROLES}
    return render(request, "people/home.html", context)
