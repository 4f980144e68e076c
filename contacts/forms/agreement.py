from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import VersionedForm
from members.dates import today


class AgreementForm(VersionedForm):
    name = forms.CharField(label=_("Name"), max_length=121)
    position = forms.CharField(
        label=_("Position"), max_length=128, help_text=_("For example “Vice-Chancellor”.")
    )
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    signed_on = forms.DateField(
        label=_("Date of the signature"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_signed_on(self) -> object:
        day = self.cleaned_data["signed_on"]
        if day and day > today():
            raise forms.ValidationError(_("This day lies in the future."))
        return day


class RemoveAgreementForm(VersionedForm):
    pass
