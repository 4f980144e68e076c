"""Adding an identifier."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Identifier


class IdentifierForm(forms.Form):
    """Formats and check digits are judged by the service, which every way in goes through."""

    scheme = forms.ChoiceField(
        label=_("Scheme"),
        choices=Identifier.Scheme.choices,
        help_text=_("GRID gives out no new ids; those that exist are kept."),
    )
    value = forms.CharField(
        label=_("Identifier"),
        max_length=200,
        help_text=_("The id or its web address, such as https://ror.org/02mhbdp94."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
