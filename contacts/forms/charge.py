"""Handing a protected role over, and leaving."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.forms._shared import ServiceForm, replace_value, signed_in
from contacts.forms.roles import ClosedRadios
from contacts.models import PROTECTED_ROLES, Contact, Role

NOBODY = "nobody"


class HandOverForm(ServiceForm):
    """One protected role and its new holder. Main needs somebody who has signed in (R3)."""

    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in Role if role in PROTECTED_ROLES],
        widget=forms.HiddenInput,
    )
    to = forms.TypedChoiceField(label=gettext_lazy("New holder"), coerce=int, widget=ClosedRadios)
    confirm = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, role: Role, contacts: Iterable[Contact]) -> None:
        super().__init__(data, initial={"role": role.value})
        others = {contact.pk: contact for contact in contacts if role not in contact.roles}
        self.people = others
        choice: Any = self.fields["to"]
        choice.choices = [(pk, person.display_name) for pk, person in others.items()]
        choice.widget.reasons = {
            str(pk): _("– has not signed in yet")
            for pk, person in others.items()
            if role == Role.MAIN and not signed_in(person)
        }

    def ask(self) -> None:
        """Show the question instead of the choice; what was chosen goes along, hidden."""
        replace_value(self, "confirm", "on")
        self.fields["to"].widget = forms.HiddenInput()

    @property
    def new_holder(self) -> Contact:
        return self.people[self.cleaned_data["to"]]


class LeaveForm(ServiceForm):
    """C9: whoever leaves a gap is asked who follows, and may say nobody."""

    def __init__(self, *args: Any, successors: Iterable[Contact], gap: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(contact.pk), contact.display_name) for contact in successors]
        if people:
            self.fields["successor"] = forms.ChoiceField(
                label=_("Who will be Main relationship contact?"),
                choices=[*people, (NOBODY, _("Nobody: leave without a successor"))],
                widget=forms.RadioSelect,
            )
        elif gap:
            self.fields["alone"] = forms.BooleanField(
                label=_("I understand that nobody will be in charge")
            )

    @property
    def successor_id(self) -> int | None:
        chosen = self.cleaned_data.get("successor") or NOBODY
        return None if chosen == NOBODY else int(chosen)
