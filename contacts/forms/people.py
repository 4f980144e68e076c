from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import DetailsForm
from contacts.models import Invitation, User


class AcceptForm(DetailsForm):
    """How an invited person is shown to the organisation; what a lead's file says is offered."""

    field_order = ["given_names", "family_name", "job_title", "phone"]

    def __init__(self, data: Any = None, *, user: User, offer: Invitation) -> None:
        given, _space, family = user.name.rpartition(" ")
        initial = {
            "given_names": (user.first_name or given)[:40],
            "family_name": (user.last_name or family)[:80],
        }
        if offer.given_names or offer.family_name:
            initial = {"given_names": offer.given_names, "family_name": offer.family_name}
        initial |= {"job_title": offer.job_title, "phone": offer.phone}
        super().__init__(data, initial=initial)
        self.fields["family_name"].required = True
        self.fields["given_names"].widget.attrs["autocomplete"] = "given-name"
        self.fields["family_name"].widget.attrs["autocomplete"] = "family-name"
        self.fields["job_title"].widget.attrs["autocomplete"] = "organization-title"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.fields["job_title"].help_text = _("What you do at this organisation.")


class AnswerForm(forms.Form):
    """Which of the two buttons of an invitation was pressed."""

    answer = forms.ChoiceField(choices=[("accept", ""), ("decline", "")])
