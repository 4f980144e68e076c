"""Making an API token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import ServiceForm
from contacts.services.tokens import MOST_DAYS

READS, WRITES = "read", "write"


class TokenForm(ServiceForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Which system will use it, so that you recognise it later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    access = forms.ChoiceField(
        label=_("What it may do"),
        choices=[(READS, _("Only read")), (WRITES, _("Read and write"))],
        initial=READS,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (180, _("180 days")),
            (MOST_DAYS, _("A year")),
        ],
        initial=90,
    )

    def __init__(self, data: Any = None, *, may_write: bool) -> None:
        super().__init__(data)
        if not may_write:
            del self.fields["access"]

    @property
    def can_write(self) -> bool:
        return bool(self.cleaned_data.get("access") == WRITES)
