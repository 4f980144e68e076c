"""What a person wants to hear of from one consortium."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.preferences import NAMES, Place


class PreferencesForm(forms.Form):
    place = forms.IntegerField(widget=forms.HiddenInput)
    wants_events = forms.BooleanField(label=_("Invitations to events"), required=False)
    wants_newsletters = forms.BooleanField(label=_("Newsletters"), required=False)

    @classmethod
    def of(cls, place: Place) -> "PreferencesForm":
        # Several stand on one page.
        return cls(initial={"place": place.key, **place.wants}, auto_id=f"place_{place.key}_%s")

    @property
    def wants(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in NAMES}
