"""A contact for a member: found by e-mail address or invited. The operator types no iD either."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.contacts import ROLE_CHOICES
from contacts.models import Role
from contacts.services import finding
from contacts.services.adding import add_contact
from contacts.services.invitations import invite_contact
from integrations.orcid.ids import orcid_uri
from members.actors import Actor
from members.admin.members import MemberAdmin
from members.admin.operations import Operation, OperationForm
from members.models import Member


class LookUpForm(OperationForm):
    intro = gettext_lazy(
        "The portal looks for the ORCID iD of the address: among people who proved it here, then "
        "in ORCID’s public search. Who is not found can be invited. An iD cannot be typed in."
    )
    submit = gettext_lazy("Look it up")
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)

    def read(self, target: Member) -> dict[str, Any]:
        return {}

    @classmethod
    def for_step(cls, data: QueryDict) -> type[OperationForm]:
        return _STEPS.get(data.get("step", ""), cls)

    def perform(self, by: Actor) -> str:
        found = finding.look_up(member_id=self.target.pk, by=by, **self.cleaned_data)
        self.next_form = (
            ConfirmForm(target=self.target, initial=_initial(found, "add"))
            if found.offer
            else InviteForm(target=self.target, initial=_initial(found, "invite"))
        )
        return ""


class _SecondStep(OperationForm):
    step = forms.CharField(widget=forms.HiddenInput)
    email = forms.EmailField(widget=forms.HiddenInput)
    # What to compare, shown again as it was; the signed offer alone says whose iD it is.
    found = forms.CharField(
        label=gettext_lazy("Found"),
        required=False,
        widget=forms.TextInput(attrs={"readonly": True, "size": 80}),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=ROLE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=[Role.OTHER],
    )
    confirm_outside = forms.BooleanField(
        label=gettext_lazy("The address is right, also outside the member’s e-mail domains"),
        required=False,
    )

    def read(self, target: Member) -> dict[str, Any]:
        return {}


class ConfirmForm(_SecondStep):
    submit = gettext_lazy("Add this person")
    offer = forms.CharField(widget=forms.HiddenInput)
    given_names = forms.CharField(label=gettext_lazy("Given names"), max_length=40, required=False)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=128, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    field_order = ["found", "given_names", "family_name", "job_title", "phone", "roles"]
    intro = gettext_lazy(
        "Compare the name and the iD. The person is told by mail and has access from their first "
        "sign-in with this iD."
    )

    def perform(self, by: Actor) -> str:
        given = {
            name: self.cleaned_data[name]
            for name in self.cleaned_data
            if name not in {"step", "email", "found"}
        }
        contact = add_contact(member_id=self.target.pk, by=by, **given)
        return _("%(name)s is a contact now.") % {"name": contact.display_name}


class InviteForm(_SecondStep):
    submit = gettext_lazy("Send the invitation")
    intro = gettext_lazy(
        "No iD could be found for this address: most addresses are private at ORCID. The person "
        "becomes a contact by opening a mailed link and signing in with ORCID. The first contact "
        "of a member is invited as its Main."
    )
    field_order = ["found", "roles"]

    def perform(self, by: Actor) -> str:
        given = {name: self.cleaned_data[name] for name in ("email", "roles", "confirm_outside")}
        invitation = invite_contact(member_id=self.target.pk, by=by, **given)
        return _("An invitation is on its way to %(email)s.") % {"email": invitation.email}


_STEPS: dict[str, type[OperationForm]] = {"add": ConfirmForm, "invite": InviteForm}


def _initial(found: finding.Finding, step: str) -> dict[str, Any]:
    return {
        "step": step,
        "email": found.email,
        "offer": found.offer,
        "given_names": found.given_names,
        "family_name": found.family_name,
        "found": _in_words(found),
    }


def _in_words(found: finding.Finding) -> str:
    match found.outcome:
        case finding.Outcome.FOUND:
            return f"{found.public_name} — {orcid_uri(found.orcid)}"
        case finding.Outcome.PROVED_HERE:
            return _("%(email)s: proved here by somebody; an invitation tells who") % {
                "email": found.email
            }
        case finding.Outcome.UNREACHABLE:
            return _("%(email)s: ORCID does not answer; try again later, or invite") % {
                "email": found.email
            }
        case _:
            return _("%(email)s: no iD found") % {"email": found.email}


MemberAdmin.operations = [
    *MemberAdmin.operations,
    Operation(
        "add-contact",
        gettext_lazy("Add contact or invite"),
        LookUpForm,
        permission="contacts.add_contact",
    ),
]
