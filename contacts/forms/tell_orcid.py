"""The report as it was sent, and up to which event it tells."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import ServiceForm
from contacts.services.orcid_reports import MOST_CHARACTERS


class SentForm(ServiceForm):
    since = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    through = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Message"),
        max_length=MOST_CHARACTERS,
        help_text=_("Copy it into a mail to ORCID. What you change here is kept as what you sent."),
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )
