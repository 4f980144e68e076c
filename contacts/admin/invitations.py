"""Invitations, and agreement records."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import AgreementRecord, ContactImport, ImportedContact, Invitation
from contacts.services import agreement, invitations
from members.actors import Actor
from members.admin.consortia import Day
from members.admin.members import MemberAdmin
from members.admin.operations import (
    Operation,
    OperationForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    RelatedList,
    ServiceAdmin,
)
from members.models import Member


class ResendForm(OperationForm):
    intro = gettext_lazy("A new link for a new period goes out; the old link no longer works.")

    def perform(self, by: Actor) -> str:
        invitations.resend_invitation(invitation_id=self.target.pk, by=by)
        return _("The invitation is sent again.")


class WithdrawForm(OperationForm):
    is_danger = True
    intro = gettext_lazy("Its link stops working.")

    def perform(self, by: Actor) -> str:
        invitations.withdraw_invitation(invitation_id=self.target.pk, by=by)
        return _("The invitation is withdrawn.")


class AgreementForm(OperationForm):
    intro = gettext_lazy("Who signed, where that person has no ORCID iD. It gives no access.")
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=121)
    position = forms.CharField(label=gettext_lazy("Position"), max_length=128)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    signed_on = Day(label=gettext_lazy("Signed on"), required=False)

    def read(self, target: Member) -> dict[str, Any]:
        record = AgreementRecord.objects.filter(member=target).first()
        return super().read(record) if record else {"version": 0}

    def perform(self, by: Actor) -> str:
        agreement.save_agreement(member_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The agreement record is saved.")


class RemoveAgreementForm(OperationForm):
    is_danger = True
    intro = gettext_lazy("The member then lacks a signatory, unless a contact has that role.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def perform(self, by: Actor) -> str:
        agreement.remove_agreement(member_id=self.target.member_id, by=by, **self.cleaned_data)
        return _("The agreement record is removed.")


def _is_open(invitation: Invitation) -> bool:
    return invitation.closed_at is None


class InvitationInline(ReadOnlyInline):
    model = Invitation
    fields = ["email", "role_list", "sent_at", "expires_at", "outcome"]

    @admin.display(description=gettext_lazy("roles"))
    def role_list(self, invitation: Invitation) -> str:
        return ", ".join(invitation.role_names)


class AgreementInline(ReadOnlyInline):
    model = AgreementRecord
    fields = ["name", "position", "email", "signed_on"]


@admin.register(Invitation)
class InvitationAdmin(ServiceAdmin):
    list_display = ["email", "member", "role_list", "status_label", "sent_at", "expires_at"]
    list_select_related = ["member"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "outcome"]
    search_fields = ["email", "member__search_key"]
    # The hash of the token stays where it is.
    fields = ["member", "email", "role_list", "status_label", "sent_by", "sent_as", "sent_at"]
    fields += ["expires_at", "closed_at", "outcome", "contact", "outside_domains", "created_at"]
    fields += ["given_names", "family_name", "job_title", "phone", "orcid_hint", "hint_matched"]
    fields += ["contact_import"]
    operations = [
        Operation("resend", gettext_lazy("Send it again"), ResendForm, _is_open),
        Operation("withdraw", gettext_lazy("Withdraw it"), WithdrawForm, _is_open),
    ]
    related_lists = [
        RelatedList(gettext_lazy("Mails"), "contacts_mail", "invitation__id__exact"),
        RelatedList(
            gettext_lazy("Events of the member"), "members_event", "member__id__exact", "member_id"
        ),
    ]

    @admin.display(description=gettext_lazy("roles"))
    def role_list(self, invitation: Invitation) -> str:
        return ", ".join(invitation.role_names)

    @admin.display(description=gettext_lazy("status"))
    def status_label(self, invitation: Invitation) -> str:
        return str(invitation.status.label)


@admin.register(ContactImport)
class ContactImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "consortium", "created_by", "created_at", "finished_at", "sent_at"]
    list_select_related = ["consortium", "created_by"]
    search_fields = ["file_name", "consortium__name"]
    fields = ["consortium", "file_name", "created_by", "created_at", "finished_at", "present"]
    fields += ["left_out", "sent_at", "sent_by", "sent_as", "remind_before"]


@admin.register(ImportedContact)
class ImportedContactAdmin(ReadOnlyAdmin):
    list_display = ["contact", "contact_import", "told_at"]
    list_select_related = ["contact", "contact_import"]
    search_fields = ["contact__search_key"]


@admin.register(AgreementRecord)
class AgreementRecordAdmin(ServiceAdmin):
    list_display = ["name", "position", "member", "signed_on"]
    list_select_related = ["member"]
    search_fields = ["name", "position", "email", "member__search_key"]
    operations = [Operation("remove", gettext_lazy("Remove it"), RemoveAgreementForm)]


MemberAdmin.operations = [
    *MemberAdmin.operations,
    Operation(
        "agreement",
        gettext_lazy("Agreement record"),
        AgreementForm,
        permission="contacts.change_agreementrecord",
    ),
]
MemberAdmin.inlines = [*MemberAdmin.inlines, InvitationInline, AgreementInline]
