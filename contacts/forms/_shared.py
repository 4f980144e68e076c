"""What the forms of this room share: errors of services beside their field, C7's extra question."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from contacts.services.editing import DETAILS
from members.errors import StaleVersion

# Beside which field the errors of the services stand, by their code; others stand on top.
_FIELD_OF = {
    "already_contact": "email",
    "already_invited": "email",
    "throttled": "email",
    "role_taken": "roles",
    "not_signed_in": "roles",
    "required": "roles",
}


class ServiceForm(forms.Form):
    """A form whose last word has a service."""

    def add_service_error(self, error: ValidationError) -> None:
        """Show what a service raised; everything typed stays in the form."""
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                self._add(name, ValidationError(errors))
            return
        for one in error.error_list:
            self._add(_FIELD_OF.get(one.code or ""), one)

    def _add(self, name: str | None, error: ValidationError) -> None:
        field = self.fields.get(name or "")
        is_shown = field is not None and not field.widget.is_hidden
        self.add_error(name if is_shown else None, error)


class ConfirmsDomainForm(ServiceForm):
    """C7: an address outside the member's domains is asked about once more, in the same form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get(self.add_prefix("confirm_outside")):
            self._ask()

    def add_service_error(self, error: ValidationError) -> None:
        if getattr(error, "code", None) == "outside_domains":
            self._ask()
            self.add_error("confirm_outside", error)
        else:
            super().add_service_error(error)

    def _ask(self) -> None:
        self.fields["confirm_outside"] = forms.BooleanField(
            label=_("Yes, this address is right"), required=False
        )

    @property
    def confirms_outside(self) -> bool:
        return bool(self.cleaned_data.get("confirm_outside"))


def replace_value(form: forms.Form, name: str, value: str) -> None:
    """Put another value in the place of what was sent, for the next time the form is shown."""
    sent: Any = form.data  # a QueryDict, which cannot be written to
    form.data = sent.copy()
    form.data[form.add_prefix(name)] = value  # type: ignore[index]  # the copy can


class VersionedForm(ServiceForm):
    """H2: carries the version it was read at; a later one is put in when it turns out stale."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def renew_version(self, stale: StaleVersion) -> None:
        """Everything typed, on the new version.

        A field that this person left as it was and the other changed takes the other's value:
        saving now must not undo it unseen.
        """
        for name, (before, now) in _changed_since(stale).items():
            if name in self.fields and self.data.get(self.add_prefix(name)) == before:
                replace_value(self, name, now)
        replace_value(self, "version", str(stale.version))


def _changed_since(stale: StaleVersion) -> dict[str, tuple[str, str]]:
    """By field: the text before the first of the events, and after the last."""
    changed: dict[str, tuple[str, str]] = {}
    for event in stale.events:
        for name, pair in (event.changes | (event.personal or {})).items():
            match pair:
                case [str() | None as before, str(now)]:
                    first, _last = changed.get(name, (before or "", ""))
                    changed[name] = (first, now)
    return changed


class DetailsForm(ServiceForm):
    """What is known of a person besides iD, address and roles."""

    given_names = forms.CharField(
        label=_("Given names"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    family_name = forms.CharField(
        label=_("Family name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    job_title = forms.CharField(label=_("Job title"), max_length=128, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    @property
    def details(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in DETAILS}


def signed_in(contact: Contact) -> bool:
    """What `with_signed_in()` annotated."""
    return bool(getattr(contact, "has_signed_in", False))


def initial_details(contact: Contact) -> dict[str, str]:
    return {name: getattr(contact, name) for name in DETAILS}
