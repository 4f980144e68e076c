"""Forms of the information page: the facts, and the logo."""

import copy
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from members.errors import StaleVersion
from members.logos import read_logo
from members.models import Member
from members.services.information import Information
from members.websites import complete_website


class InformationForm(forms.ModelForm[Member]):
    """What a contact may change. Saving is the service's, so the member given is not touched."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    # Not a URLField: a missing scheme is completed, and the service checks the same way.
    website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://www.uni.example"}
        ),
        help_text=_("Leave out https:// if you like: it is added."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Up to 5,000 characters. *word* makes italics, **word** bold, a line that starts with "
            "“- ” a list, [text](https://…) a link."
        ),
    )

    class Meta:
        model = Member
        fields = [
            "display_name",
            "website",
            "public_email",
            "description",
            "community",
            "country",
            "street",
            "city",
            "region",
            "postal_code",
            "trademark_permission",
        ]
        labels = {
            "display_name": _("Public display name"),
            "public_email": _("Public e-mail"),
            "street": _("Street"),
            "city": _("City"),
            "region": _("Region"),
            "postal_code": _("Postal code"),
            "trademark_permission": _("May the logo be shown publicly?"),
        }
        help_texts = {
            "public_email": _("An address of the organisation, not a person’s."),
            "trademark_permission": _("Without a yes the logo is seen here only."),
        }
        widgets = {"trademark_permission": forms.RadioSelect}

    def __init__(self, data: Mapping[str, Any] | None = None, *, member: Member) -> None:
        super().__init__(data, instance=copy.copy(member), initial={"version": member.version})

    def clean_website(self) -> str:
        return complete_website(self.cleaned_data["website"])

    def clean_description(self) -> str:
        # Browsers send line ends as two characters: they count as one, here as in the database.
        return str(self.cleaned_data["description"]).replace("\r\n", "\n")

    def information(self) -> Information:
        """What was typed, for the service."""
        return cast("Information", {name: self.cleaned_data[name] for name in self.Meta.fields})

    def after(self, stale: StaleVersion, member: Member) -> "InformationForm":
        """The form to show when somebody was faster (H2): everything typed, on the new version.

        A field that this person left as it was and the other changed takes the other's value:
        saving now must not undo it unseen.
        """
        data = {name: str(self.cleaned_data[name]) for name in self.Meta.fields}
        before: dict[str, str] = {}
        for event in stale.events:
            values = (event.changes.get("fields") or {}) | (event.personal or {})
            for name, pair in values.items():
                if isinstance(pair, list):
                    before.setdefault(name, str(pair[0]))
        for name, typed in data.items():
            if before.get(name) == typed:
                data[name] = str(getattr(member, name))
        return InformationForm(data | {"version": str(stale.version)}, member=member)


class LogoForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, at least 200 × 100 pixels, at most 2 MB."),
    )

    def clean_picture(self) -> ContentFile[bytes]:
        return read_logo(self.cleaned_data["picture"])


class VersionForm(forms.Form):
    """A button that changes something that somebody else may have changed."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
