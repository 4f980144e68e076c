"""What the lead fills in about members: new ones, and the periods of those that are there."""

import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from contacts.forms._shared import DetailsForm, ServiceForm
from members.dates import today
from members.duplicates import Pair
from members.identifiers import normalise
from members.models import Identifier, Member
from members.services.information import Information, assign_information
from members.sheets import MAX_BYTES

_SCHEMES = [str(scheme) for scheme in Identifier.Scheme]


def _day(**options: Any) -> forms.DateField:
    """A date with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **options)


def _identifier(label: str, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=200, widget=widget, **options)


class NewMemberForm(ServiceForm):
    legal_name = forms.CharField(label=_("Legal name"), max_length=255)
    display_name = forms.CharField(
        label=_("Public display name"),
        max_length=255,
        required=False,
        help_text=_("Empty when it is the legal name."),
    )
    ror = _identifier(
        "ROR", help_text=_("Preferred: such as https://ror.org/02mhbdp94. Others are further down.")
    )
    website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        help_text=_("Leave out https:// if you like: it is added."),
    )
    country = forms.ChoiceField(label=_("Country"))
    community = forms.ChoiceField(
        label=_("Community"), choices=[("", _("Choose one")), *Member.Community.choices]
    )
    start = _day(
        label=_("First day of the membership"),
        help_text=_("May lie ahead: the member is listed publicly from that day on."),
    )
    email = forms.EmailField(
        label=_("E-mail address of the first contact"),
        max_length=254,
        help_text=_(
            "Who will be in charge, as Main relationship contact. We look for the ORCID iD that "
            "belongs to the address next."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    fundref = _identifier("Crossref Funder ID")
    grid = _identifier("GRID")
    ringgold = _identifier("Ringgold")
    isni = _identifier("ISNI")
    lei = _identifier("LEI")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"start": today()})
        country: Any = self.fields["country"]
        country.choices = [("", _("Choose one")), *countries]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["display_name"] = given.get("display_name") or given.get("legal_name", "")
        self._read_identifiers(given)
        try:
            assign_information(Member(), self._given_information(given))
        except ValidationError as error:
            self.add_service_error(error)
        return given

    def _read_identifiers(self, given: dict[str, Any]) -> None:
        for scheme in _SCHEMES:
            try:
                given[scheme] = normalise(scheme, given[scheme]) if given.get(scheme) else ""
            except ValidationError as error:
                self.add_error(scheme, error)

    @staticmethod
    def _given_information(given: dict[str, Any]) -> Information:
        names = ("legal_name", "display_name", "website", "country", "community")
        return cast("Information", {name: given[name] for name in names if given.get(name)})

    def information(self) -> Information:
        return self._given_information(self.cleaned_data)

    def identifiers(self) -> list[Pair]:
        given = self.cleaned_data
        return [(scheme, given[scheme]) for scheme in _SCHEMES if given[scheme]]


class FoundForm(DetailsForm):
    """Somebody who was found: who they are stands, signed, in `offer`; an iD cannot be typed (C4)."""

    offer = forms.CharField(widget=forms.HiddenInput)


class EndForm(ServiceForm):
    end = _day(label=_("Last day"), help_text=_("Today or later. Until then it can be undone."))
    reason = forms.CharField(label=_("Reason"), max_length=255)
    goes_on_directly = forms.BooleanField(
        label=_("Goes on as a direct member"),
        required=False,
        help_text=_("From the day after it belongs to no consortium, and is no longer read here."),
    )


class StartForm(ServiceForm):
    start = _day(label=_("First day of the new period"))

    def __init__(self, data: Any = None, *, first: datetime.date) -> None:
        super().__init__(data, initial={"start": first})


class MembersFileForm(ServiceForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 10 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    start = _day(
        label=_("First day of the membership"),
        required=False,
        help_text=_("For rows that do not say. Empty: not known, which is a gap."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is larger than 10 MB."))
        return file
