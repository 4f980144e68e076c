"""Adding a contact, and editing one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import (
    ConfirmsDomainForm,
    DetailsForm,
    ServiceForm,
    VersionedForm,
    initial_details,
)
from contacts.forms.roles import ChoosesRolesForm
from contacts.models import Contact
from contacts.services.finding import Finding


class LookUpForm(ServiceForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The address this person uses at work."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AddForm(ConfirmsDomainForm, ChoosesRolesForm, DetailsForm):
    """A found person: who they are stands, signed, in `offer`; an iD cannot be typed (C4)."""

    offer = forms.CharField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(finding: Finding) -> dict[str, Any]:
        return {
            "offer": finding.offer,
            "given_names": finding.given_names,
            "family_name": finding.family_name,
        }


class InviteForm(ConfirmsDomainForm, ChoosesRolesForm):
    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)


class EditForm(ConfirmsDomainForm, VersionedForm, DetailsForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_(
            "A new address takes effect when this person has followed a link that we mail to it."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["given_names", "family_name", "job_title", "email", "confirm_outside", "phone"]

    def __init__(self, data: Any = None, *, contact: Contact) -> None:
        initial = {
            **initial_details(contact),
            "email": contact.pending_email or contact.email,
            "version": contact.version,
        }
        super().__init__(data, initial=initial)
        # An imported contact may have none; who has one cannot lose it by accident.
        self.fields["email"].required = bool(contact.email)
        self.order_fields(self.field_order)

    def _ask(self) -> None:
        super()._ask()
        self.order_fields(self.field_order)
