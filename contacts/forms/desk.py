from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import DeskSeat


class SeatForm(forms.Form):
    """One contact's seat on one consortium's desk."""

    consortium = forms.IntegerField(widget=forms.HiddenInput)
    contact = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label=_("Seat"), choices=[("", _("None")), *DeskSeat.Level.choices], required=False
    )

    @property
    def chosen_level(self) -> DeskSeat.Level | None:
        level = self.cleaned_data["level"]
        return DeskSeat.Level(level) if level else None
