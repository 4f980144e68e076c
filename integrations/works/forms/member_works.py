"""What is done with works of an institution besides their content."""

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.works.models import MemberWork, WorksPolicy


class StateForm(forms.Form):
    """One press: into which state, and which works."""

    state = forms.ChoiceField(choices=MemberWork.State.choices)
    which = forms.ChoiceField(
        choices=[("ticked", _("Those ticked")), ("all", _("All that are shown"))], required=False
    )
    version = forms.IntegerField(min_value=0, required=False)


class PolicyForm(forms.Form):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    on_unpublish = forms.ChoiceField(
        label=_("When a work is no longer public here"),
        choices=WorksPolicy.OnUnpublish.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "What this portal wrote to ORCID records of people who allowed it. It holds from now "
            "on: what was taken back before stays as it is."
        ),
    )
    validate_first = forms.BooleanField(
        label=_("Look at researchers’ works before they are public"),
        required=False,
        help_text=_("They then send theirs in, and somebody here publishes them."),
    )


class AddKeeperForm(forms.Form):
    """A found person: who they are stands, signed, in `offer`; an iD cannot be typed (C4)."""

    offer = forms.CharField(widget=forms.HiddenInput)


class InviteKeeperForm(forms.Form):
    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)
