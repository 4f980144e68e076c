"""A member's e-mail domains."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _


class DomainsForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    domains = forms.CharField(
        label=_("E-mail domains"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_("One on each line, such as uni.example. Addresses below it count too."),
    )

    def lines(self) -> list[str]:
        """One domain each; people also write them in a row, with commas or semicolons."""
        return re.split(r"[\n,;]", str(self.cleaned_data["domains"]))
