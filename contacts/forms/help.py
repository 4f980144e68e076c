"""Asking for help, answering it, and naming a new Main."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms._shared import ServiceForm
from contacts.models import Contact, HelpRequest, Role
from members import text as keys
from members.models import Consortium, Member

_WORDS = forms.Textarea(attrs={"rows": 6})


class HelpForm(ServiceForm):
    """What anybody may ask, signed in or not."""

    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=HelpRequest.Kind.choices, widget=forms.RadioSelect
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=255,
        help_text=_(
            "Its name as in the directory, so that the right people read this. Only who asks about "
            "their own data may leave it out: the operator of this portal answers then."
        ),
    )
    consortium = forms.ModelChoiceField(
        Consortium.objects.all(),
        label=_("Consortium"),
        required=False,
        empty_label=_("I do not know"),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We mail a link to it first. An address at your organisation helps."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(label=_("What do you need?"), max_length=5000, widget=_WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].required = self["kind"].value() != HelpRequest.Kind.DATA
        if Consortium.objects.count() < 2:
            del self.fields["consortium"]

    def found(self) -> dict[str, Any]:
        """What `open_request` takes: the one public member of that name, if there is one.

        Without an organisation it is the operator's: an account is no consortium's matter.
        """
        given = dict(self.cleaned_data)
        if not given["organisation"]:
            return {**given, "member": None, "consortium": given.get("consortium")}
        wanted = keys.sort_key(given["organisation"])
        named = list(Member.objects.public().filter(sort_key=wanted)[:2])
        member = named[0] if len(named) == 1 else None
        consortium = given.pop("consortium", None) or Consortium.objects.first()
        return {**given, "member": member, "consortium": None if member else consortium}


class ReplyForm(ServiceForm):
    text = forms.CharField(label=_("Add something"), max_length=5000, widget=_WORDS)


class HandleForm(ServiceForm):
    """The desk's answer."""

    state = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (str(HelpRequest.State.ANSWERED), _("Answer, and leave it open")),
            (str(HelpRequest.State.RESOLVED), _("Resolved")),
            (str(HelpRequest.State.DECLINED), _("Decline, with a reason")),
            (str(HelpRequest.State.ESCALATED), _("Pass on to the operator")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What the one who asked will read"),
        max_length=5000,
        required=False,
        widget=_WORDS,
    )


class ObjectForm(ServiceForm):
    text = forms.CharField(label=_("Why do you object?"), max_length=2000, widget=_WORDS)


class RecoveryForm(ServiceForm):
    contact_id = forms.TypedChoiceField(
        label=_("One of the contacts who have signed in"),
        required=False,
        coerce=int,
        empty_value=None,
    )
    email = forms.EmailField(
        label=_("Or somebody else, by e-mail address"),
        required=False,
        max_length=254,
        help_text=_("They are invited when it takes effect, and sign in with their own iD."),
    )
    reason = forms.CharField(
        label=_("Why the Main relationship contact cannot act"),
        max_length=2000,
        widget=_WORDS,
        help_text=_("Everybody who is told reads this."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who is Main already cannot be the new one.
        others = Contact.objects.current().exclude(role_assignments__role=Role.MAIN)
        people = others.filter(member=member).signed_in()
        choices = [(str(person.pk), person.display_name) for person in people]
        field = self.fields["contact_id"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  # for the types
        field.choices = [("", _("Nobody of these")), *choices]
