"""Contacts, their roles and seats on the lead desk. There is no form that takes an iD (C1, C4)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import PROTECTED_ROLES, Contact, DeskSeat, Role, RoleAssignment
from contacts.services import desk, editing, leaving, roles
from contacts.services.retention import erase_former_contact
from members.actors import Actor
from members.admin.members import MemberAdmin
from members.admin.operations import (
    Operation,
    OperationForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RelatedList,
    ServiceAdmin,
)
from members.models import Consortium

ROLE_CHOICES = [(str(role), role.label) for role in Role]


class DetailsForm(OperationForm):
    intro = gettext_lazy(
        "An address that the operator enters takes effect at once; the old one is told."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    given_names = forms.CharField(label=gettext_lazy("Given names"), max_length=40, required=False)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=128, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    confirm_outside = forms.BooleanField(
        label=gettext_lazy("The address is right, also outside the member’s e-mail domains"),
        required=False,
    )

    def perform(self, by: Actor) -> str:
        editing.edit_contact(contact_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The details are saved.")


class RolesForm(OperationForm):
    intro = gettext_lazy("A role that somebody else holds is handed over, not given twice.")
    version = forms.IntegerField(widget=forms.HiddenInput)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple
    )

    def perform(self, by: Actor) -> str:
        roles.set_roles(contact_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The roles are saved.")


class HandOverForm(OperationForm):
    intro = gettext_lazy(
        "This contact takes the role in one step from whoever holds it. Both are told by mail. "
        "The operator may choose somebody who has not signed in yet."
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[choice for choice in ROLE_CHOICES if choice[0] in PROTECTED_ROLES],
    )

    def perform(self, by: Actor) -> str:
        role = Role(self.cleaned_data["role"])
        contact = self.target
        roles.hand_over(member_id=contact.member_id, role=role, to_id=contact.pk, by=by)
        return _("%(name)s has the role now.") % {"name": contact.display_name}


class RemoveForm(OperationForm):
    is_danger = True
    intro = gettext_lazy(
        "Access ends with the person’s next request, and they are told by mail. The operator may "
        "remove the last contact, too: nobody is in charge then, and the lead desk is told."
    )

    def perform(self, by: Actor) -> str:
        leaving.remove_contact(contact_id=self.target.pk, by=by)
        return _("The contact is removed.")


class DeskForm(OperationForm):
    intro = gettext_lazy("Readers read and export; managers also act for the consortium.")
    consortium = forms.ModelChoiceField(
        Consortium.objects.none(), label=gettext_lazy("Consortium"), empty_label=None
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Seat"),
        required=False,
        choices=[("", gettext_lazy("None")), *DeskSeat.Level.choices],
    )

    def read(self, target: Contact) -> dict[str, Any]:
        seat = target.desk_seats.first()
        return {"level": seat.level, "consortium": seat.consortium_id} if seat else {}

    def adapt(self) -> None:
        led = Consortium.objects.filter(lead=self.target.member_id)
        self.fields["consortium"].queryset = led  # type: ignore[attr-defined]  # a ModelChoiceField

    def perform(self, by: Actor) -> str:
        level = self.cleaned_data["level"]
        desk.set_desk_level(
            consortium_id=self.cleaned_data["consortium"].pk,
            contact_id=self.target.pk,
            level=DeskSeat.Level(level) if level else None,
            by=by,
        )
        return _("The seat is saved.")


class EraseForm(OperationForm):
    is_danger = True
    intro = gettext_lazy(
        "For a person who asks for it before the time has come. The row is deleted, and what the "
        "history says of the person is emptied; roles and dates stay. It cannot be undone."
    )

    def perform(self, by: Actor) -> str:
        erase_former_contact(contact_id=self.target.pk, by=by)
        return _("The former contact is erased.")


def _is_former(contact: Contact) -> bool:
    return contact.removed_at is not None


def _is_current(contact: Contact) -> bool:
    return contact.removed_at is None


def _is_of_a_lead(contact: Contact) -> bool:
    return _is_current(contact) and Consortium.objects.filter(lead=contact.member_id).exists()


class RoleInline(ReadOnlyInline):
    model = RoleAssignment
    fields = ["role", "created_at"]
    show_change_link = False


class DeskSeatInline(ReadOnlyInline):
    model = DeskSeat
    fields = ["consortium", "level"]


class ContactInline(ReadOnlyInline):
    model = Contact
    fields = ["display_name", "orcid", "email", "removed_at"]


@admin.register(Contact)
class ContactAdmin(ServiceAdmin):
    list_display = ["display_name", "orcid", "email", "member", "role_names", "is_current"]
    list_select_related = ["member"]
    list_filter = [("removed_at", admin.EmptyFieldListFilter), "outside_domains"]
    list_filter += ["role_assignments__role"]
    search_fields = ["search_key", "member__search_key"]
    ordering = ["sort_key", "pk"]
    fields = ["member", "orcid", "given_names", "family_name", "job_title", "email"]
    fields += ["pending_email", "phone", "outside_domains", "version", "added_by"]
    fields += ["created_at", "removed_at"]
    inlines = [RoleInline, DeskSeatInline]
    operations = [
        Operation("details", gettext_lazy("Edit the details"), DetailsForm, _is_current),
        Operation("roles", gettext_lazy("Set the roles"), RolesForm, _is_current),
        Operation("hand-over", gettext_lazy("Hand a role over to them"), HandOverForm, _is_current),
        Operation("desk", gettext_lazy("Lead desk"), DeskForm, _is_of_a_lead),
        Operation("remove", gettext_lazy("Remove the contact"), RemoveForm, _is_current),
        Operation("erase", gettext_lazy("Erase the former contact"), EraseForm, _is_former),
    ]
    related_lists = [
        RelatedList(
            gettext_lazy("Events of the member"), "members_event", "member__id__exact", "member_id"
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).prefetch_related("role_assignments")

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, contact: Contact) -> str:
        return ", ".join(role.label for role in contact.roles)

    @admin.display(description=gettext_lazy("current"), boolean=True)
    def is_current(self, contact: Contact) -> bool:
        return contact.removed_at is None


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ReadOnlyAdmin):
    """To look up who holds what; roles are set on the contact's page."""

    list_display = ["role", "contact", "member", "created_at"]
    list_select_related = ["contact", "member"]
    list_filter = ["role"]
    search_fields = ["contact__search_key", "member__search_key"]
    fields = ["role", "contact", "member", "created_at"]


@admin.register(DeskSeat)
class DeskSeatAdmin(ReadOnlyAdmin):
    """To look up who sits on which desk; seats are given on the contact's page."""

    list_display = ["contact", "consortium", "level"]
    list_select_related = ["contact", "consortium"]
    list_filter = ["consortium", "level"]
    search_fields = ["contact__search_key", "consortium__name"]


MemberAdmin.inlines = [*MemberAdmin.inlines, ContactInline]
