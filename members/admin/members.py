"""Members, with their identifiers and e-mail domains."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from members.actors import Actor
from members.admin.consortia import Day
from members.admin.operations import (
    Operation,
    OperationForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RelatedList,
    ServiceAdmin,
)
from members.logos import read_logo
from members.models import Consortium, EmailDomain, FormerSlug, Identifier, Member, Membership
from members.services import domains, identifiers, information, memberships, register, renaming


class RegisterForm(OperationForm):
    intro = gettext_lazy(
        "The first contact is invited afterwards, on the member’s page, and is in charge then."
    )
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=255)
    display_name = forms.CharField(label=gettext_lazy("Public display name"), max_length=255)
    community = forms.ChoiceField(
        label=gettext_lazy("Community"), choices=[("", "—"), *Member.Community.choices]
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=lambda: [("", "—"), *countries]
    )
    website = forms.CharField(label=gettext_lazy("Website"), required=False, max_length=2000)
    ror = forms.CharField(label="ROR", required=False, max_length=100)
    consortium = forms.ModelChoiceField(
        Consortium.objects.all(),
        label=gettext_lazy("Consortium"),
        required=False,
        empty_label=gettext_lazy("None: a direct member"),
    )
    start = Day(label=gettext_lazy("First day"), required=False)

    def perform(self, by: Actor) -> str:
        given = dict(self.cleaned_data)
        ror = given.pop("ror")
        found = [(Identifier.Scheme.ROR, ror)] if ror else []
        try:
            self.target = register.register_member(identifiers=found, by=by, **given)
        except forms.ValidationError as error:
            self._at_ror(error)
            return ""
        return _("%(member)s is added.") % {"member": self.target}

    def _at_ror(self, error: forms.ValidationError) -> None:
        # The only identifier asked for here.
        if hasattr(error, "error_dict") and "value" in error.error_dict:
            error.error_dict["ror"] = error.error_dict.pop("value")
        raise error


class InformationForm(OperationForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=255)
    display_name = forms.CharField(label=gettext_lazy("Public display name"), max_length=255)
    community = forms.ChoiceField(label=gettext_lazy("Community"), choices=Member.Community.choices)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=lambda: list(countries))
    website = forms.CharField(label=gettext_lazy("Website"), required=False, max_length=2000)
    public_email = forms.CharField(label=gettext_lazy("Public e-mail"), required=False)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea
    )
    street = forms.CharField(label=gettext_lazy("Street"), required=False, max_length=255)
    city = forms.CharField(label=gettext_lazy("City"), required=False, max_length=40)
    region = forms.CharField(label=gettext_lazy("Region"), required=False, max_length=80)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), required=False, max_length=20)
    trademark_permission = forms.ChoiceField(
        label=gettext_lazy("Permission to show the logo"), choices=Member.Trademark.choices
    )

    def perform(self, by: Actor) -> str:
        information.edit_information(member_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The information is saved.")


class RenameForm(OperationForm):
    intro = gettext_lazy("The old address keeps working: it leads to the new one.")
    slug = forms.CharField(label=gettext_lazy("Address"), max_length=120)

    def perform(self, by: Actor) -> str:
        renaming.rename_member(member_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The address is changed.")


class LogoForm(OperationForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    picture = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 2 MB. None removes the present one."),
    )

    def perform(self, by: Actor) -> str:
        picture = self.cleaned_data["picture"]
        logo = read_logo(picture) if picture else None
        information.set_logo(
            member_id=self.target.pk, version=self.cleaned_data["version"], logo=logo, by=by
        )
        return _("The logo is saved.") if logo else _("The logo is removed.")


class AddIdentifierForm(OperationForm):
    scheme = forms.ChoiceField(label=gettext_lazy("Scheme"), choices=Identifier.Scheme.choices)
    value = forms.CharField(label=gettext_lazy("Identifier"), max_length=200)

    def perform(self, by: Actor) -> str:
        added = identifiers.add_identifier(member_id=self.target.pk, by=by, **self.cleaned_data)
        return _("%(identifier)s is added.") % {"identifier": added}


class PreferIdentifierForm(OperationForm):
    intro = gettext_lazy("Of its scheme, this one is shown first and exported.")

    def perform(self, by: Actor) -> str:
        identifiers.prefer_identifier(
            member_id=self.target.member_id, identifier_id=self.target.pk, by=by
        )
        return _("It is the preferred one now.")


class RemoveIdentifierForm(OperationForm):
    is_danger = True
    intro = gettext_lazy("It is taken off the member; the history keeps it.")

    def perform(self, by: Actor) -> str:
        identifiers.remove_identifier(
            member_id=self.target.member_id, identifier_id=self.target.pk, by=by
        )
        return _("The identifier is removed.")


class DomainsForm(OperationForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    domains = forms.CharField(
        label=gettext_lazy("E-mail domains"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("One on each line, such as uni.example."),
    )

    def read(self, target: Member) -> dict[str, Any]:
        lines = "\n".join(map(str, target.email_domains.all()))
        return {"version": target.version, "domains": lines}

    def perform(self, by: Actor) -> str:
        domains.set_email_domains(
            member_id=self.target.pk,
            version=self.cleaned_data["version"],
            domains=self.cleaned_data["domains"].splitlines(),
            by=by,
        )
        return _("The e-mail domains are saved.")


class StartMembershipForm(OperationForm):
    intro = gettext_lazy("Periods of a member do not overlap.")
    consortium = forms.ModelChoiceField(
        Consortium.objects.all(),
        label=gettext_lazy("Consortium"),
        required=False,
        empty_label=gettext_lazy("None: a direct member"),
    )
    start = Day(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("Empty when it is not known."),
    )

    def read(self, target: Member) -> dict[str, Any]:
        return {}

    def perform(self, by: Actor) -> str:
        memberships.start_membership(member_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The membership is added.")


_ANSWER = ["trademark_answered_by", "trademark_answered_at"]


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ["consortium", "start", "end", "end_reason"]


class IdentifierInline(ReadOnlyInline):
    model = Identifier
    fields = ["scheme", "value", "preferred"]


class EmailDomainInline(ReadOnlyInline):
    model = EmailDomain
    fields = ["domain"]
    show_change_link = False


@admin.register(Member)
class MemberAdmin(ServiceAdmin):
    list_display = ["display_name", "community", "country", "version", "updated_at"]
    list_filter = ["memberships__consortium", "community", "trademark_permission"]
    search_fields = ["search_key", "slug", "identifiers__value"]
    ordering = ["sort_key", "pk"]
    fieldsets = [
        (None, {"fields": ["display_name", "legal_name", "slug", "community", "country"]}),
        (gettext_lazy("Public"), {"fields": ["website", "public_email", "description"]}),
        (gettext_lazy("Address"), {"fields": ["street", "city", "region", "postal_code"]}),
        (gettext_lazy("Logo"), {"fields": ["logo_name", "trademark_permission", *_ANSWER]}),
        (gettext_lazy("Row"), {"fields": ["version", "created_at", "updated_at"]}),
    ]
    readonly_fields = ["logo_name"]
    inlines = [MembershipInline, IdentifierInline, EmailDomainInline]
    add_operation = Operation("add", gettext_lazy("Add a member"), RegisterForm)
    operations = [
        Operation("information", gettext_lazy("Edit the information"), InformationForm),
        Operation("rename", gettext_lazy("Change the address"), RenameForm),
        Operation("logo", gettext_lazy("Logo"), LogoForm),
        Operation("identifier", gettext_lazy("Add an identifier"), AddIdentifierForm),
        Operation("domains", gettext_lazy("E-mail domains"), DomainsForm),
        Operation("membership", gettext_lazy("Add a membership"), StartMembershipForm),
    ]
    related_lists = [
        RelatedList(gettext_lazy("Events"), "members_event", "member__id__exact"),
    ]

    @admin.display(description=gettext_lazy("logo"))
    def logo_name(self, member: Member) -> str:
        # No link: logos have no address of their own here, views ask who may see them.
        return member.logo.name or ""


@admin.register(Identifier)
class IdentifierAdmin(ServiceAdmin):
    list_display = ["value", "scheme", "preferred", "member"]
    list_select_related = ["member"]
    list_filter = ["scheme", "preferred"]
    search_fields = ["value", "member__search_key"]
    operations = [
        Operation(
            "prefer",
            gettext_lazy("Make it the preferred one"),
            PreferIdentifierForm,
            applies=lambda identifier: not identifier.preferred,
        ),
        Operation("remove", gettext_lazy("Remove it"), RemoveIdentifierForm),
    ]


@admin.register(EmailDomain)
class EmailDomainAdmin(ServiceAdmin):
    list_display = ["domain", "member"]
    list_select_related = ["member"]
    search_fields = ["domain", "member__search_key"]


@admin.register(FormerSlug)
class FormerSlugAdmin(ReadOnlyAdmin):
    list_display = ["slug", "member", "created_at"]
    search_fields = ["slug", "member__search_key"]
    list_select_related = ["member"]
