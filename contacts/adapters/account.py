"""Accounts as allauth sees them: addresses, passwords, and mails, which are rows first (H6)."""

import logging
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.browsers import browser_of
from contacts.elsewhere.services import service_name
from contacts.models import Mail, User
from contacts.networks import address_of, from_network
from contacts.services.mails import queue_mail
from contacts.services.security import Change, tell_of_change
from contacts.throttles import (
    MAILS_OF_PERSON,
    MAILS_TO_ADDRESS,
    PASSWORDS_FROM_NETWORK,
    PASSWORDS_OF_ADDRESS,
    SAME_MAIL,
    Count,
    give_back,
    in_words,
    spend,
    too_many,
)

if TYPE_CHECKING:
    from allauth.account.models import EmailConfirmationHMAC

log = logging.getLogger(__name__)

# What allauth tells people of, by the name of its mail.
NOTICES = {
    "account/email/password_changed": Change.PASSWORD,
    "account/email/email_changed": Change.MAIN_ADDRESS,
    "account/email/email_deleted": Change.ADDRESS_REMOVED,
    "mfa/email/totp_activated": Change.APP_ADDED,
    "mfa/email/totp_deactivated": Change.APP_REMOVED,
    "mfa/email/recovery_codes_generated": Change.CODES_MADE,
    "mfa/email/webauthn_added": Change.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": Change.PASSKEY_REMOVED,
    "socialaccount/email/account_connected": Change.ACCOUNT_ADDED,
    "socialaccount/email/account_disconnected": Change.ACCOUNT_REMOVED,
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _lazy("This e-mail address and password do not fit together."),
        "incorrect_password": _lazy("This is not your password."),
        "enter_current_password": _lazy("This is not the password you have now."),
        "duplicate_email": _lazy("You have added this address already."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers here: people come by ORCID, operators are made in the admin."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only pages of this portal, whatever other hosts the deployment answers to; a bare word,
        which `redirect` would take for the name of a view, is none."""
        return "/" in (url or "") and url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={urlsplit(settings.SITE_URL).netloc},
            require_https=settings.SITE_IS_HTTPS,
        )

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Any but the main one; that too when it is the only one, unless it is what one signs in
        with (operators)."""
        user = email_address.user
        if not email_address.primary:
            return True
        alone = not user.emailaddress_set.exclude(pk=email_address.pk).exists()
        return alone and not user.has_usable_password()

    def send_confirmation_mail(
        self,
        request: HttpRequest,
        emailconfirmation: "EmailConfirmationHMAC",
        signup: bool,  # noqa: FBT001  # allauth's signature
    ) -> None:
        """Queue the mail that proves an address.

        An address that somebody else has proved looks no different here (A8): its owner alone
        reads, in the mail, that it was not added.
        """
        address = emailconfirmation.email_address
        self._stop_if_throttled(request, address)
        # Silently: that others have asked for mails to this address is nobody's to know (A8).
        if spend((MAILS_TO_ADDRESS, address.email)):
            return
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        taken = not address.can_set_verified()
        queue_mail(
            kind=Mail.Kind.ADDRESS_TO_PROVE,
            to=address.email,
            context={
                "user": address.user,
                "url": "" if taken else f"{settings.SITE_URL}{path}",
                "taken": taken,
            },
        )

    def _stop_if_throttled(self, request: HttpRequest, address: EmailAddress) -> None:
        person = address.user_id
        if wait := spend((SAME_MAIL, (person, address.email))):
            text = _("We have just sent a mail to %(email)s. Ask again in %(wait)s.")
        elif wait := spend((MAILS_OF_PERSON, person)):
            text = _("You have asked for many mails: none to %(email)s. Try again in %(wait)s.")
        else:
            return
        messages.warning(request, text % {"email": address.email, "wait": in_words(wait)})
        raise ImmediateHttpResponse(redirect("account_email"))

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Passwords that were wrong are counted for the address: more strictly from one network, so
        that nobody keeps an operator out by guessing from their own."""
        login = str(credentials.get("email") or credentials.get("username") or "").lower()
        counts: list[Count] = [
            (PASSWORDS_FROM_NETWORK, (login, from_network(PASSWORDS_FROM_NETWORK, request)[1])),
            (PASSWORDS_OF_ADDRESS, login),
        ]
        # Before it is looked at: guesses that come all at once count, too.
        if wait := spend(*counts):
            raise too_many(wait)
        user = super().authenticate(request, **credentials)
        if user is not None:
            give_back(*counts)
        return user

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Queue the mail that says how the way to sign in has changed; allauth knows when it does."""
        change = NOTICES.get(template_prefix)
        if change is None:
            log.error("allauth has a mail that nobody has written here: %s", template_prefix)
            return
        said = context or {}
        if "account" in said:
            detail = service_name(said["account"].provider)
        else:
            detail = said.get("deleted_email") or said.get("to_email") or ""
        # One that was never proved may be a stranger's.
        proved = EmailAddress.objects.filter(user=user, email=email or "", verified=True)
        to = email if email and proved.exists() else ""
        tell_of_change(
            user=user, change=change, detail=detail, to=to, browser=browser_of(self.request)
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails are rows first (H6). allauth has no other mail that this portal lets it send."""
        raise NotImplementedError(template_prefix)
