"""Writing an announcement, and sending it."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import VersionedForm
from contacts.models import Announcement

MOST_CHARACTERS = 20_000


class AnnouncementForm(VersionedForm):
    """What is said. To whom is a second form on the page: the filter of the contact list."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=Announcement.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "People who do not want invitations to events, or newsletters, do not get them. "
            "Official notices go to everybody chosen below."
        ),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(
        label=_("Text"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("**bold**, *italics*, lists with “- ”, [a link](https://…), ## a heading."),
    )
    field_order = ["version", "kind", "subject", "body"]

    def __init__(self, data: Any = None, *, announcement: Announcement | None = None) -> None:
        names = ("version", "kind", "subject", "body")
        read = {name: getattr(announcement, name) for name in names} if announcement else {}
        super().__init__(data, initial=read or {"version": 0})

    @property
    def written(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("kind", "subject", "body")}

    def as_typed(self) -> dict[str, str]:
        """For the preview: whatever is there, right or not."""
        return {name: str(self[name].value() or "") for name in ("kind", "subject", "body")}


class SendForm(VersionedForm):
    send_at = forms.DateTimeField(
        label=_("Not now, but on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("Leave it empty to send at once. Times are those of %(zone)s.")
        self.fields["send_at"].help_text = words % {"zone": timezone.get_current_timezone_name()}

    def clean_send_at(self) -> datetime.datetime | None:
        given: datetime.datetime | None = self.cleaned_data["send_at"]
        if given and given <= timezone.now():
            raise ValidationError(_("This lies in the past."))
        return given


class PurposeForm(forms.Form):
    """Before addresses are handed out: what for."""

    purpose = forms.ChoiceField(
        label=_("What you write for"),
        choices=Announcement.Kind.choices,
        widget=forms.RadioSelect,
    )
