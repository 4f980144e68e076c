"""Sign-in through institutions: set up, checked and switched on by the operator."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import AssertedAffiliation, InstitutionalSignIn
from contacts.services import institutional
from members.actors import Actor
from members.admin.operations import Operation, OperationForm, ReadOnlyAdmin, ServiceAdmin
from members.models import Member

_ATTRIBUTE = gettext_lazy(
    "Empty: the usual names. Several words are put together, as “givenName sn”."
)


class ChangeForm(OperationForm):
    intro = gettext_lazy(
        "What is changed has to be checked and switched on again, but for the name and the local "
        "help. Nobody is signed out."
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As people look for it. Empty: the member’s name."),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issuer (OpenID Connect) or entity ID (SAML)"), max_length=500
    )
    client_id = forms.CharField(
        label=gettext_lazy("OpenID Connect: client ID"), max_length=191, required=False
    )
    client_secret = forms.CharField(
        label=gettext_lazy("OpenID Connect: client secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Never shown again. Empty: stays as it is."),
    )
    scopes = forms.CharField(
        label=gettext_lazy("OpenID Connect: scopes"), initial="openid profile email", required=False
    )
    metadata_url = forms.URLField(
        label=gettext_lazy("Metadata address"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Needed for SAML unless metadata is pasted. Read again each day."),
    )
    metadata = forms.CharField(
        label=gettext_lazy("SAML metadata, pasted"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=gettext_lazy("Only where there is no address: it does not follow new keys."),
    )
    identifier_attribute = forms.CharField(
        label=gettext_lazy("Attribute: identifier"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Stays the same for the person, and is never given to somebody else. Empty: “sub”; "
            "for SAML “subject-id”, “pairwise-id” or a persistent NameID. “NameID” for any NameID."
        ),
    )
    name_attribute = forms.CharField(
        label=gettext_lazy("Attribute: name"), max_length=200, required=False, help_text=_ATTRIBUTE
    )
    email_attribute = forms.CharField(
        label=gettext_lazy("Attribute: e-mail"), max_length=200, required=False
    )
    affiliation_attribute = forms.CharField(
        label=gettext_lazy("Attribute: affiliation"), max_length=200, required=False
    )
    affiliation_values = forms.CharField(
        label=gettext_lazy("Values that mean: belongs to the institution"),
        max_length=200,
        initial="faculty staff employee student member affiliate researcher",
        help_text=gettext_lazy("With any other value alone, the affiliation ends."),
    )
    help_name = forms.CharField(
        label=gettext_lazy("Local help: who"),
        max_length=100,
        help_text=gettext_lazy("“the IT Service Desk”: named to people when sign-in fails."),
    )
    help_email = forms.EmailField(
        label=gettext_lazy("Local help: e-mail"), max_length=254, required=False
    )
    help_url = forms.URLField(
        label=gettext_lazy("Local help: page"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )

    def read(self, target: Any) -> dict[str, Any]:
        shown = {name: getattr(target, name) for name in institutional.CHANGEABLE}
        # What was read from an address is not the operator's to edit.
        return shown | {"client_secret": "", "metadata": self._pasted(target)}

    @staticmethod
    def _pasted(target: InstitutionalSignIn) -> str:
        return target.metadata if target.is_saml and not target.metadata_url else ""

    def values(self) -> dict[str, str]:
        values = {name: self.cleaned_data[name] for name in institutional.CHANGEABLE}
        if not values["metadata"]:
            del values["metadata"]
        return values

    def perform(self, by: Actor) -> str:
        institutional.change(sign_in_id=self.target.pk, by=by, **self.values())
        return _("Saved. Check it now, and then switch it on.")


class SetUpForm(ChangeForm):
    intro = gettext_lazy(
        "It stays switched off until a check has passed. Once it is saved, its page shows the "
        "addresses that the institution needs."
    )
    member = forms.ModelChoiceField(
        Member.objects.order_by("sort_key"), label=gettext_lazy("Member")
    )
    protocol = forms.ChoiceField(
        label=gettext_lazy("Protocol"), choices=InstitutionalSignIn.Protocol.choices
    )
    slug = forms.SlugField(
        label=gettext_lazy("Short name in addresses"),
        max_length=60,
        help_text=gettext_lazy("The institution registers these addresses: it never changes."),
    )
    field_order = ["member", "protocol", "slug"]

    def perform(self, by: Actor) -> str:
        # Set, so that its page comes next: the addresses and the check are there.
        self.target = institutional.set_up(
            member_id=self.cleaned_data["member"].pk,
            protocol=self.cleaned_data["protocol"],
            slug=self.cleaned_data["slug"],
            by=by,
            **self.values(),
        )
        return _("Saved, and switched off. Give its addresses to the institution, then check it.")


class CheckForm(OperationForm):
    intro = gettext_lazy(
        "Reads the institution’s metadata, and looks at its addresses, keys and certificates, and "
        "at what it said at the last sign-in. Nobody is signed in by it."
    )
    submit = gettext_lazy("Check it")

    def perform(self, by: Actor) -> str:
        row = institutional.look_at(sign_in_id=self.target.pk, by=by)
        if row.has_errors:
            return _("Checked: nobody could sign in like this. See what was found.")
        return _("Checked: people can sign in. See what was found.")


class SwitchOnForm(OperationForm):
    intro = gettext_lazy("It stands on the sign-in page from then on.")

    def perform(self, by: Actor) -> str:
        institutional.switch(sign_in_id=self.target.pk, on=True, by=by)
        return _("It is switched on.")


class SwitchOffForm(OperationForm):
    is_danger = True
    intro = gettext_lazy(
        "Nobody signs in by it any more; who has no other way in is locked out. Open sessions go on."
    )

    def perform(self, by: Actor) -> str:
        institutional.switch(sign_in_id=self.target.pk, on=False, by=by)
        return _("It is switched off.")


@admin.register(InstitutionalSignIn)
class InstitutionalSignInAdmin(ServiceAdmin):
    list_display = ["shown_name", "member", "protocol", "is_on", "state", "last_sign_in_at"]
    list_select_related = ["member"]
    list_filter = ["protocol", "is_on"]
    search_fields = ["slug", "name", "member__search_key"]
    # No secret is shown, and no metadata: it is long.
    fields = [
        "member", "protocol", "slug", "name", "is_on", "found", "checked_at", "callback_url",
        "own_entity_id", "issuer", "client_id", "scopes", "metadata_url", "metadata_read_at",
        "identifier_attribute", "name_attribute", "email_attribute", "affiliation_attribute",
        "affiliation_values", "last_sign_in_at", "last_attributes", "help_name", "help_email",
        "help_url",
    ]  # fmt: skip
    add_operation = Operation("set-up", gettext_lazy("Set up an institution’s sign-in"), SetUpForm)
    operations = [
        Operation("check", gettext_lazy("Check it"), CheckForm),
        Operation(
            "on",
            gettext_lazy("Switch it on"),
            SwitchOnForm,
            applies=lambda row: not row.is_on and row.checked_at and not row.has_errors,
        ),
        Operation("change", gettext_lazy("Change it"), ChangeForm),
        Operation(
            "off", gettext_lazy("Switch it off"), SwitchOffForm, applies=lambda row: row.is_on
        ),
    ]

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: InstitutionalSignIn) -> str:
        if row.checked_at is None:
            return _("not checked")
        return _("with errors") if row.has_errors else _("checked")

    @admin.display(description=gettext_lazy("what the check found"))
    def found(self, row: InstitutionalSignIn) -> SafeString | str:
        words = {"error": _("Error"), "warning": _("Warning"), "good": _("Good")}
        lines = [(words[finding["level"]], finding["text"]) for finding in row.findings]
        if not lines:
            return _("Not checked yet.")
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))

    @admin.display(description=gettext_lazy("address to send people back to"))
    def callback_url(self, row: InstitutionalSignIn) -> str:
        return row.callback_url

    @admin.display(description=gettext_lazy("SAML: this portal’s metadata and entity ID"))
    def own_entity_id(self, row: InstitutionalSignIn) -> str:
        return row.own_entity_id if row.is_saml else ""


@admin.register(AssertedAffiliation)
class AssertedAffiliationAdmin(ReadOnlyAdmin):
    list_display = ["person", "member", "values", "since", "last_said_at", "until"]
    list_select_related = ["person", "member"]
    list_filter = [("until", admin.EmptyFieldListFilter)]
    search_fields = ["person__name", "person__orcid", "member__search_key"]
    fields = ["person", "member", "sign_in", "values", "since", "last_said_at", "until"]
