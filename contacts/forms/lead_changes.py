"""The member's say in what the lead does: the switch, and the answer to a change (A3)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import ServiceForm, VersionedForm


class LeadAccessForm(VersionedForm):
    """A button that says which way it switches, so that pressing it twice switches once."""

    allowed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class DisputeForm(ServiceForm):
    note = forms.CharField(
        label=_("What is not right?"),
        max_length=2000,
        help_text=_("The managers of the lead desk read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
