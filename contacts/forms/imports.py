from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.import_progress import Compared, Progress, compared, with_progress
from contacts.models import Invitation
from members import text
from members.sheets import MAX_BYTES


class ContactFileForm(forms.Form):
    file = forms.FileField(
        label=_("File with contacts"),
        help_text=_("CSV or XLSX, at most 10 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.tsv,.txt"}),
    )
    look_up = forms.BooleanField(
        label=_("Look the addresses up at ORCID"),
        help_text=_(
            "Whoever shows their address publicly at ORCID is made a contact at once, and told when "
            "you send. Most people keep it private: they are invited, as everybody is without this."
        ),
        required=False,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        return file


class FollowForm(forms.Form):
    """Which of the invited are shown."""

    search = forms.CharField(label=_("Name, e-mail or member"), max_length=100, required=False)
    progress = forms.ChoiceField(
        label=_("How far"), choices=[("", _("All")), *Progress.choices], required=False
    )
    compared = forms.ChoiceField(
        label=_("ORCID iD"), choices=[("", _("All")), *Compared.choices], required=False
    )

    @property
    def is_refined(self) -> bool:
        return self.is_valid() and any(self.cleaned_data[key] for key in ("progress", "compared"))

    @property
    def is_narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, invitations: QuerySet[Invitation, Any]) -> QuerySet[Invitation, Any]:
        """Those that match, annotated with their progress; none for a filter that is none."""
        found: Any = with_progress(invitations)
        if not self.is_valid():
            return found.none()  # type: ignore[no-any-return]  # a queryset
        given = self.cleaned_data
        if given["progress"]:
            found = found.filter(progress=given["progress"])
        for word in given["search"].split():
            found = found.filter(
                Q(email__icontains=word)
                | Q(given_names__icontains=word)
                | Q(family_name__icontains=word)
                | Q(member__search_key__contains=text.search_key(word))
            )
        return compared(found, given["compared"])
