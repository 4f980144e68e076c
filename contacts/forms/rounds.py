"""Confirmation rounds: the month in which they start by themselves, and the one press."""

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import VersionedForm


class MonthForm(forms.Form):
    month = forms.TypedChoiceField(
        label=_("Starts by itself each year in"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("No month: only when a manager starts it")), *MONTHS.items()],
    )


class ConfirmForm(VersionedForm):
    """`version` is the last event that the page showed, so that nothing unseen is confirmed."""
