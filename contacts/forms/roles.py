"""Choosing roles: the form shows what the services will allow, and says why not."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.forms._shared import ServiceForm, VersionedForm
from contacts.models import PROTECTED_ROLES, Contact, Role
from contacts.permissions import Standing

Reasons = Mapping[str, str]


class ClosedOptions(forms.widgets.ChoiceWidget):
    """Some choices are closed, each with its reason behind the label."""

    reasons: Reasons = {}

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> Any:
        reason = self.reasons.get(str(value))
        if reason is not None:
            label = format_html('<span>{} <span class="small soft">{}</span></span>', label, reason)
        option = super().create_option(name, value, label, *args, **kwargs)
        if reason is not None:
            option["attrs"]["disabled"] = True
        return option


class ClosedChoices(ClosedOptions, forms.CheckboxSelectMultiple):
    """Checkboxes."""


class ClosedRadios(ClosedOptions, forms.RadioSelect):
    """One choice out of many."""


class RolesField(forms.MultipleChoiceField):
    """Any of the eight, in ORCID's order."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Roles"))
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Choose at least one role.")})
        super().__init__(choices=Role.choices, widget=ClosedChoices, **kwargs)


def why_closed(
    who: Standing, holders: Mapping[str, Contact], *, contact: Contact | None = None
) -> dict[str, str]:
    """Which roles cannot be chosen here, and why (R1, R2, R3)."""
    reasons = {}
    held = set(contact.roles) if contact else set()
    for role in PROTECTED_ROLES:
        holder = holders.get(role)
        if holder and role not in held:
            reasons[str(role)] = _("– %(name)s has it") % {"name": holder.display_name}
        elif not who.can_manage_protected_roles:
            reasons[str(role)] = _("– given and taken by the Main or the Signatory only")
        elif role == Role.MAIN and role not in held and not getattr(contact, "has_signed_in", True):
            reasons[str(role)] = _("– only for somebody who has signed in")
    return reasons


class ChoosesRolesForm(ServiceForm):
    """For a person who is not a contact yet: `Other contact` unless something else is chosen."""

    roles = RolesField(initial=[Role.OTHER.value])

    def __init__(self, *args: Any, closed: Reasons, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].widget.reasons = closed
        self.fields["roles"].help_text = gettext_lazy(
            "Roles marked (OFFICIAL) and the Voting contact are protected: "
            "only the Main relationship contact or the Agreement signatory gives or takes them."
        )
        self.order_fields([name for name in self.fields if name != "roles"])


class RolesForm(VersionedForm):
    """The roles of one contact. Roles that are closed to the editor stay as they are."""

    roles = RolesField()

    def __init__(self, data: Any = None, *, contact: Contact, closed: Reasons) -> None:
        roles = [str(role) for role in contact.roles]
        super().__init__(data, initial={"roles": roles, "version": contact.version})
        self.fields["roles"].widget.reasons = closed
        self.kept = [str(role) for role in contact.roles if role in closed]
        self.fields["roles"].required = not self.kept

    def clean_roles(self) -> list[str]:
        # Browsers do not send what is closed. The service judges all the same (R2).
        return [*self.cleaned_data["roles"], *self.kept]
