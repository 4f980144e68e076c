"""A person's switches, and what an institution asks for."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import ServiceForm
from integrations.works.models import Grant, PermissionRequest
from integrations.works.services.asking import MOST_AT_ONCE
from members.text import is_email
from members.widgets import PlainSelect

# Why somebody is not asked, by the word of the service.
REASONS = {
    "asked": _("has been asked already, and has not answered"),
    "given": _("has given all of it already"),
    "often": _("has had many mails from here today: ask again tomorrow"),
}


class SwitchForm(forms.Form):
    """One press on one switch."""

    purpose = forms.ChoiceField(choices=Grant.Purpose.choices)
    on = forms.BooleanField(required=False)


class MemberSearchForm(forms.Form):
    search = forms.CharField(
        label=_("Name of the institution"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class AskForm(ServiceForm):
    """Whom to ask, for what, in the institution's own words."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One on each line. Each person gets a mail of their own."),
    )
    purposes = forms.MultipleChoiceField(
        label=_("What you ask for"),
        choices=Grant.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each person chooses; all three are off until they do."),
    )
    words = forms.CharField(
        label=_("Your own words"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_(
            "They stand first in the mail. What is written and read, and why, the mail says by "
            "itself, with the link."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of your words"),
        required=False,
        widget=PlainSelect,
        help_text=_("So that mail programs read them aloud rightly."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # it is, above
        names = sorted((str(_(name)), code) for code, name in settings.LANGUAGES)
        field.choices = [(code, name) for name, code in names]
        field.initial = get_language()

    def clean_emails(self) -> list[str]:
        lines = str(self.cleaned_data["emails"]).replace(",", "\n").replace(";", "\n").split()
        wrong = [line for line in lines if not is_email(line)]
        if wrong:
            raise ValidationError(
                _("Not an e-mail address: %(wrong)s."), params={"wrong": ", ".join(wrong[:5])}
            )
        found = list(dict.fromkeys(line.lower() for line in lines))
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(
                _("At most %(most)s addresses at once."), params={"most": MOST_AT_ONCE}
            )
        return found

    @property
    def asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}

    def as_request(self, **fields: Any) -> PermissionRequest:
        """For the preview; never saved."""
        given = self.asked
        return PermissionRequest(
            email=given["emails"][0],
            purposes=given["purposes"],
            words=given["words"].strip(),
            language=given["language"],
            **fields,
        )


class AnswerForm(forms.Form):
    """What a person ticks on the page of a mailed link: nothing is ticked before."""

    purposes = forms.MultipleChoiceField(
        label=_("What I allow"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what you allow; or say no below.")},
    )

    def __init__(self, data: Any = None, *, request: PermissionRequest) -> None:
        super().__init__(data)
        field = self.fields["purposes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # it is, above
        field.choices = [one for one in Grant.Purpose.choices if one[0] in request.purposes]
