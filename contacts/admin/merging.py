"""Merging two members, with a preview: hung onto the member that is kept."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import PROTECTED_ROLES, Contact, Role
from contacts.services.merging import Preview, merge_members, preview_merge
from members.actors import Actor
from members.admin.members import MemberAdmin
from members.admin.operations import Operation, OperationForm
from members.models import Member


class MergeForm(OperationForm):
    intro = gettext_lazy(
        "Another row of the same organisation goes into this one: contacts are united by iD, "
        "identifiers move, its address leads here, both histories stay. You see first what happens."
    )
    submit = gettext_lazy("Show what would happen")
    other = forms.CharField(
        label=gettext_lazy("Address (slug) of the member that goes into this one"), max_length=120
    )

    @classmethod
    def for_step(cls, data: QueryDict) -> type[OperationForm]:
        return ConfirmMergeForm if data.get("dropped") else cls

    def read(self, target: Member) -> dict[str, Any]:
        return {}

    def clean_other(self) -> Member:
        found = Member.objects.filter(slug=self.cleaned_data["other"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("No member has this address."))
        return found

    def perform(self, by: Actor) -> str:
        preview = preview_merge(kept=self.target, dropped=self.cleaned_data["other"])
        self.next_form = ConfirmMergeForm(
            target=self.target,
            initial={"dropped": preview.dropped.pk, "preview": _in_words(preview)},
        )
        return ""


class ConfirmMergeForm(OperationForm):
    submit = gettext_lazy("Merge now")
    is_danger = True
    intro = gettext_lazy("This cannot be undone.")
    dropped = forms.ModelChoiceField(Member.objects.all(), widget=forms.HiddenInput)
    preview = forms.CharField(
        label=gettext_lazy("What happens"),
        required=False,
        widget=forms.Textarea(attrs={"readonly": True, "rows": 10, "cols": 80}),
    )

    def read(self, target: Member) -> dict[str, Any]:
        return {}

    def adapt(self) -> None:
        """One question for each protected role that both sides hold."""
        pk = str(self.data.get("dropped") or self.initial.get("dropped") or "")
        dropped = Member.objects.filter(pk=pk).first() if pk.isdigit() else None
        if dropped is None or self.target is None:
            return
        try:
            preview = preview_merge(kept=self.target, dropped=dropped)
        except forms.ValidationError:
            return  # merged meanwhile: the service says so
        for role, candidates in preview.choices.items():
            self.fields[f"holder_{role}"] = forms.ChoiceField(
                label=Role(role).label,
                choices=[(str(one.pk), _with_member(one)) for one in candidates],
                widget=forms.RadioSelect,
            )

    def perform(self, by: Actor) -> str:
        holders = {
            str(role): int(self.cleaned_data[f"holder_{role}"])
            for role in PROTECTED_ROLES
            if f"holder_{role}" in self.cleaned_data
        }
        dropped = self.cleaned_data["dropped"]
        name = str(dropped)
        merge_members(kept_id=self.target.pk, dropped_id=dropped.pk, holders=holders, by=by)
        return _("%(name)s is merged into this member.") % {"name": name}


def _with_member(contact: Contact) -> str:
    return f"{contact.display_name} ({contact.member})"


def _in_words(preview: Preview) -> str:
    lines = [
        _("%(dropped)s goes into %(kept)s.") % {"dropped": preview.dropped, "kept": preview.kept},
        *(_("Contact moves: %s") % contact.display_name for contact in preview.moved),
        *(_("Contact is united: %s") % twin.display_name for _other, twin in preview.united),
        *(_("Identifier moves: %s") % identifier for identifier in preview.identifiers),
    ]
    if preview.periods_dropped:
        lines.append(_("Membership periods that overlap and go: %s") % preview.periods_dropped)
    return "\n".join(str(line) for line in lines)


MemberAdmin.operations = [
    *MemberAdmin.operations,
    Operation(
        "merge",
        gettext_lazy("Merge another member into this one"),
        MergeForm,
        applies=lambda member: member.merged_into_id is None,
    ),
]
