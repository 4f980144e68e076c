"""Which part of the history to read."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.kinds import kind_choices


class HistoryForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of change"),
        required=False,
        choices=kind_choices(),
    )
