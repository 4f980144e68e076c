import re

from django import forms

from integrations.sandbox import orcid_ids
from integrations.sandbox.models import Email, Person, Visibility

MIN_PASSWORD = 8


class SignInForm(forms.Form):
    login = forms.CharField(
        label="E-mail or ORCID iD",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    person: Person

    def clean(self) -> None:
        login = self.cleaned_data.get("login", "")
        password = self.cleaned_data.get("password", "")
        if not (login and password):
            return
        person = person_by_login(login)
        if person is None or not person.check_password(password):
            raise forms.ValidationError("No record has this e-mail or iD with this password.")
        self.person = person
        if refusal := refused_sign_in(person):
            raise forms.ValidationError(refusal)


class RegisterForm(forms.Form):
    given_names = forms.CharField(
        label="Given names",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label="Family name",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label="E-mail",
        help_text="Counts as verified at once: this is a sandbox. Any made-up address will do.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    email_visibility = forms.ChoiceField(
        label="Who can see your e-mail?",
        choices=Visibility,
        initial=Visibility.PRIVATE,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        min_length=MIN_PASSWORD,
        max_length=200,
        help_text="At least 8 characters. Never one that you use elsewhere.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if Email.objects.filter(email__iexact=address).exists():
            raise forms.ValidationError("There is a record with this e-mail: sign in instead.")
        return address

    def save(self) -> Person:
        data = self.cleaned_data
        person = Person(
            orcid=orcid_ids.new(),
            given_names=data["given_names"],
            family_name=data["family_name"],
        )
        person.set_password(data["password"])
        person.save()
        person.emails.create(email=data["email"], visibility=data["email_visibility"], primary=True)
        return person


def person_by_login(login: str) -> Person | None:
    """The owner of an iD, bare or as a URI, or of a verified e-mail."""
    bare = re.sub(r"^https?://[^/]+/", "", login.strip())
    if orcid_ids.PATTERN.fullmatch(bare):
        return Person.objects.filter(orcid=bare).first()
    owner = Email.objects.filter(email__iexact=login.strip(), verified=True)
    return Person.objects.filter(emails__in=owner).first()


def refused_sign_in(person: Person) -> str:
    """Why the owner of this record cannot sign in; empty when they can."""
    reasons = {
        Person.Status.LOCKED.value: "This record is locked.",
        Person.Status.DEACTIVATED.value: "This record is deactivated.",
        Person.Status.MOVED.value: f"This record was merged into {person.moved_to}.",
    }
    return reasons.get(person.status, "")
