"""What a person tells of themselves: one form, so that nothing typed is lost by saving another."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from contacts import localisation
from contacts.disciplines import BROAD
from contacts.forms._shared import ServiceForm
from contacts.models import Profile, User
from contacts.models.profiles import LONGEST_BIOGRAPHY, MOST_LINKS, ProfileLink
from contacts.portraits import read_portrait
from contacts.services.profiles import LONGEST_LABEL, Told, link_of
from contacts.throttles import PICTURES, spend, too_many
from members.widgets import PlainSelect

_OF_PERSON = ("known_as", "language", "time_zone")
_TEXTS = ("other_names", "title", "field", "biography", "is_public", "for_search_engines")
# Empty rows below those that are filled in.
_SPARE_ROWS = 2


class ProfileForm(ServiceForm):
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        help_text=_(
            "JPEG, PNG, WebP or GIF, at most 8 MB. It is cut to a square. Where and when it was taken "
            "is not kept."
        ),
    )
    without_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    known_as = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    other_names = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Former names, or those that you have published under."),
    )
    title = forms.CharField(
        label=_("Title or position"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
        help_text=_("For example: Professor of Soil Science, or Research Librarian."),
    )
    field = forms.ChoiceField(
        label=_("Field"),
        required=False,
        choices=[("", _("Not said")), *BROAD],
        error_messages={"invalid_choice": _("Choose one of the list.")},
        help_text=_("The OECD’s fields of research and development."),
    )
    biography = forms.CharField(
        label=_("Biography"),
        required=False,
        # The service counts: browsers send line ends as two characters.
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto", "maxlength": LONGEST_BIOGRAPHY}),
        help_text=_("Up to 2,000 characters. Line breaks stay; there is no formatting."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        widget=PlainSelect,
        help_text=_("Of the pages, and of the mails that go to your addresses."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, widget=PlainSelect)
    is_public = forms.BooleanField(
        label=_("Show my profile publicly"),
        required=False,
        help_text=_("Off: nobody but you sees it, and its address leads nowhere."),
    )
    for_search_engines = forms.BooleanField(
        label=_("Search engines may list it"),
        required=False,
        help_text=_("Without this, it is found only by those who have its address."),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, person: User, profile: Profile
    ) -> None:
        given = {name: getattr(person, name) for name in _OF_PERSON}
        given |= {name: getattr(profile, name) for name in _TEXTS}
        super().__init__(data, files, initial=given)
        self.has_picture, self.person_id = bool(person.picture), person.pk
        names = dict(localisation.languages())
        usual = names.get(settings.LANGUAGE_CODE, "")
        self.offer("language", localisation.languages(), usual=usual)
        self.offer("time_zone", localisation.time_zones(), usual=settings.TIME_ZONE)
        self.fields["time_zone"].help_text = _(
            "Dates and times are shown in it. By the present choice it is %(time)s now."
        ) % {"time": time_format(timezone.localtime())}
        self.fields["known_as"].help_text = _(
            "Shown in your menu and on your public profile, instead of “%(name)s”. Histories and "
            "mails go on saying what ORCID or your organisation says."
        ) % {"name": person.display_name}
        self.links = LinkRows(
            data, initial=[] if self.is_bound else [dict(link) for link in profile.links]
        )

    def offer(self, name: str, choices: list[tuple[str, str]], *, usual: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # it is, above
        field.choices = [("", _("The portal’s own: %(usual)s") % {"usual": usual}), *choices]
        field.error_messages["invalid_choice"] = _("Choose one of the list.")

    @property
    def has_languages(self) -> bool:
        """Whether there is any choice."""
        return len(localisation.languages()) > 1

    def clean_picture(self) -> ContentFile[bytes] | None:
        upload = self.cleaned_data.get("picture")
        if not upload:
            return None
        if wait := spend((PICTURES, self.person_id)):  # decoding one is work
            raise too_many(wait)
        return read_portrait(upload)

    def is_valid(self) -> bool:
        """With the rows of links; all errors are found at once."""
        rows_are_valid = self.links.is_valid()
        return super().is_valid() and rows_are_valid

    def told(self) -> Told:
        given = self.cleaned_data
        texts = {name: given[name] for name in (*_OF_PERSON, *_TEXTS)}
        return {**texts, "links": self.links.entries()}  # type: ignore[typeddict-item]  # by name

    @property
    def lost_picture(self) -> bool:
        """A browser sends a file once: whoever has to correct something else chooses it again."""
        return bool(self.files.get("picture")) and "picture" not in self.errors


class LinkRow(forms.Form):
    label = forms.CharField(
        label=_("What it is"),
        required=False,
        max_length=LONGEST_LABEL,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    url = forms.CharField(
        label=_("Web address"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        label, url = given.get("label", ""), given.get("url", "")
        if "url" not in self.errors and (label or url):
            try:
                given |= link_of(label=label, url=url)
            except ValidationError as error:
                self.add_error("url", error.messages)
        return given


class _LinkRows(forms.BaseFormSet[LinkRow]):
    default_error_messages = {"too_many_forms": _("At most %(num)d links.")}

    def entries(self) -> list[ProfileLink]:
        given = (row.cleaned_data for row in self.forms if row.cleaned_data.get("url"))
        return [{"label": row["label"], "url": row["url"]} for row in given]


LinkRows = forms.formset_factory(
    LinkRow, formset=_LinkRows, extra=_SPARE_ROWS, max_num=MOST_LINKS, validate_max=True
)
