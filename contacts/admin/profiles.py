"""What people tell of themselves: the operator reads it, and removes what is abuse."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Profile
from contacts.services.profiles import take_away
from members.actors import Actor
from members.admin.operations import Operation, OperationForm, ServiceAdmin
from members.http import picture_response


class _TakeAwayForm(OperationForm):
    is_danger = True
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("The person reads this on their profile, until they save it anew."),
    )


class PictureForm(_TakeAwayForm):
    intro = gettext_lazy("The picture is deleted, its file too; initials are shown instead.")

    def perform(self, by: Actor) -> str:
        note = self.cleaned_data["note"]
        take_away(profile_id=self.target.pk, by=by, picture=True, texts=False, note=note)
        return _("The picture is removed.")


class TextsForm(_TakeAwayForm):
    intro = gettext_lazy(
        "The name typed here, other names, title, field, biography and links are emptied, and the "
        "public profile is switched off."
    )

    def perform(self, by: Actor) -> str:
        note = self.cleaned_data["note"]
        take_away(profile_id=self.target.pk, by=by, picture=False, texts=True, note=note)
        return _("The profile is emptied, and not public any more.")


@admin.register(Profile)
class ProfileAdmin(ServiceAdmin):
    list_display = ["user", "known_as", "title", "is_public", "updated_at"]
    list_select_related = ["user"]
    list_filter = ["is_public"]
    search_fields = ["user__name", "user__known_as", "user__orcid", "title"]
    fields = [
        "user", "known_as", "other_names", "title", "field_name", "biography", "links", "picture",
        "is_public", "for_search_engines", "public_page", "operator_note", "updated_at",
    ]  # fmt: skip
    readonly_fields = ["known_as", "field_name", "picture", "public_page", "updated_at"]
    operations = [
        Operation(
            "picture",
            gettext_lazy("Remove the picture"),
            PictureForm,
            applies=lambda profile: bool(profile.user.picture),
        ),
        Operation("texts", gettext_lazy("Empty the profile"), TextsForm),
    ]

    @admin.display(description=gettext_lazy("name typed here"))
    def known_as(self, profile: Profile) -> str:
        return profile.user.known_as

    @admin.display(description=gettext_lazy("field"))
    def field_name(self, profile: Profile) -> str:
        return str(profile.field_name)

    @admin.display(description=gettext_lazy("picture"))
    def picture(self, profile: Profile) -> str:
        if not profile.user.picture:
            return ""
        address = reverse("admin:contacts_profile_picture", args=[profile.pk])
        return format_html(
            '<img src="{}" alt="{}" width="120" height="120">', address, _("Picture")
        )

    @admin.display(description=gettext_lazy("public page"))
    def public_page(self, profile: Profile) -> str:
        if not profile.is_public:
            return ""
        return format_html('<a href="{0}">{0}</a>', profile.get_absolute_url())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.picture_view)
        return [
            path("<int:pk>/picture/", view, name="contacts_profile_picture"),
            *super().get_urls(),
        ]

    def picture_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        profile = get_object_or_404(self.get_queryset(request).select_related("user"), pk=pk)
        if not self.has_view_permission(request, profile):
            return HttpResponse(status=403)
        return picture_response(profile.user.picture, cache_control="private, no-store")
