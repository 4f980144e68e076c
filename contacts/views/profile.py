"""A person's own profile, and their picture in their own menu."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contacts import localisation
from contacts.forms.profile import ProfileForm
from contacts.models import Profile
from contacts.services.profiles import save_profile
from members.actors import Actor
from members.http import PortalRequest, picture_response, same_for_all


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def profile(request: PortalRequest) -> HttpResponse:
    person = request.user
    told = Profile.objects.filter(user=person).first() or Profile(user=person)
    if request.method != "POST":
        return _page(request, ProfileForm(person=person, profile=told), told)
    form = ProfileForm(request.POST, request.FILES, person=person, profile=told)
    return _save(request, form, told) if form.is_valid() else _page(request, form, told)


def _save(request: PortalRequest, form: ProfileForm, told: Profile) -> HttpResponse:
    given = form.cleaned_data
    try:
        person = save_profile(
            user_id=request.user.pk,
            by=Actor.contact(request.user),
            picture=given["picture"],
            without_picture=given["without_picture"] and not given["picture"],
            **form.told(),
        )
    except ValidationError as error:
        form.add_service_error(error)
        return _page(request, form, told)
    with localisation.speaking_to(person):
        messages.success(request, _("Your profile is saved."))
        if person.profile.is_public and not told.is_public:
            messages.info(request, _("Your profile is public now."))
        elif told.is_public and not person.profile.is_public:
            messages.info(request, _("Your profile is not public any more."))
    return redirect("profile")


def _page(request: PortalRequest, form: ProfileForm, told: Profile) -> HttpResponse:
    return render(request, "people/profile.html", {"form": form, "profile": told})


@same_for_all
@require_safe
def own_picture(request: PortalRequest) -> HttpResponse:
    """For the person alone. Its address changes with the picture."""
    return picture_response(request.user.picture, cache_control="private, max-age=86400")
