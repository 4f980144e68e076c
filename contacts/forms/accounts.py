"""allauth's forms of a person's own account, in this portal's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ChangePasswordForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.throttles import (
    CODES,
    CODES_OF_DAY,
    PASSWORDS_OF_PERSON,
    Count,
    give_back,
    spend,
    too_many,
)
from integrations.orcid import crypto


@contextmanager
def _refusing_nonsense() -> Iterator[None]:
    """What no browser sends: the library reads it without looking first."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        text = _("The passkey’s answer cannot be read.")
        raise forms.ValidationError(text, code="nonsense") from error


@contextmanager
def _counting(*counts: Count) -> Iterator[None]:
    """A try, counted before it is looked at, and given back when it was right."""
    if wait := spend(*counts):
        raise too_many(wait)
    yield
    give_back(*counts)


def _codes(user: Any) -> list[Count]:
    """The same for codes and passkeys, when signing in and later: they are of one account."""
    return [(CODES, user.pk), (CODES_OF_DAY, user.pk)]


def _plain(form: forms.Form, **labels: Any) -> None:
    """Our labels; no placeholder that repeats them, no help about pages that are not there."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.widget.attrs.pop("placeholder", None)


class CountedCode:
    """First among the bases of a form that takes a code."""

    user: Any

    def clean_code(self) -> str:
        with _counting(*_codes(self.user)):
            code: str = super().clean_code()  # type: ignore[misc]  # the form's
        return code


class PasswordForm(ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password=_("Password"))

    def clean_password(self) -> str:
        with _counting((PASSWORDS_OF_PERSON, self.user.pk)):
            password: str = super().clean_password()
        return password


class ChangeOwnPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=_("The password you have now"),
            password1=_("New password"),
            password2=_("New password, once more"),
        )
        self.fields["password1"].help_text = _("Twelve characters at least; a sentence is good.")

    def clean_oldpassword(self) -> str:
        with _counting((PASSWORDS_OF_PERSON, self.user.pk)):
            password: str = super().clean_oldpassword()
        return password


class AppForm(CountedCode, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The secret that is being shown waits in the session, encrypted there too (O1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        waiting = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if self.is_bound and waiting:
            self.secret = crypto.decrypt(waiting)
        else:
            session[SECRET_SESSION_KEY] = crypto.encrypt(self.secret)
        _plain(self, code=_("The six digits that the app shows"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class SignInCodeForm(CountedCode, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The step of signing in after the first one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_("Code"))


class CodeForm(CountedCode, CodeAgainForm):  # type: ignore[misc]  # allauth has no types
    """Of somebody who is signed in and proves it again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_("Code"))


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        help_text=_("To tell it from others: “phone”, “key at work”."),
    )

    def clean(self) -> dict[str, Any]:
        with _refusing_nonsense():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class SignInPasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """The step of signing in after the first one."""

    def clean_credential(self) -> Authenticator:
        with _counting(*_codes(self.user)), _refusing_nonsense():
            return super().clean_credential()


class PasskeyAgainForm(SignInPasskeyForm):
    """Of somebody who is signed in and proves it again."""

    reauthenticated = True
