"""Where allauth meets this portal: who may sign in, as whom, and what it mails.

A person is found by the iD alone, never by an e-mail address (C4).
"""

import logging
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.models import Mail, User
from contacts.services import moving
from contacts.services.mails import queue_mail
from contacts.throttles import throttled
from integrations.orcid.problems import Problem
from integrations.orcid.provider import OrcidProvider, SignInFailed

if TYPE_CHECKING:
    from allauth.account.models import EmailConfirmationHMAC
    from allauth.socialaccount.models import SocialLogin

log = logging.getLogger(__name__)

# The same person asking for the same mail again: the first may still be on its way.
SAME_MAIL_SECONDS = 180


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _lazy("This e-mail address and password do not fit together."),
        "too_many_login_attempts": _lazy("Too many attempts. Wait five minutes, then try again."),
        "duplicate_email": _lazy("You have added this address already."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers here: people come by ORCID, operators are made in the admin."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only pages of this portal, whatever other hosts the deployment answers to."""
        return url_has_allowed_host_and_scheme(
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
        if throttled(f"address-mail:{person}:{address.email}", most=1, seconds=SAME_MAIL_SECONDS):
            text = _("We have just sent a mail to %(email)s. Wait three minutes, then ask again.")
        elif throttled(f"mails:{person}", most=settings.MAILS_PER_PERSON_PER_HOUR, seconds=3600):
            text = _("You have asked for many mails. Try again in an hour: no mail to %(email)s.")
        else:
            return
        messages.warning(request, text % {"email": address.email})
        raise ImmediateHttpResponse(redirect("account_email"))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails are rows first (H6). allauth has no other mail that this portal lets it send."""
        raise NotImplementedError(template_prefix)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one client of this deployment, from its settings; never a row with a plain secret."""
        return [
            SocialApp(
                provider=OrcidProvider.id,
                name=OrcidProvider.name,
                client_id=settings.ORCID_CLIENT_ID,
                secret=settings.ORCID_CLIENT_SECRET,
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: "SocialLogin") -> bool:
        return bool(sociallogin.account.provider == OrcidProvider.id)

    def populate_user(
        self, request: HttpRequest, sociallogin: "SocialLogin", data: dict[str, str]
    ) -> User:
        user: User = sociallogin.user
        user.orcid = sociallogin.account.uid
        user.name = data["name"]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: "SocialLogin") -> None:
        """Find the person by iD, where allauth has not, and keep both sides in agreement."""
        name = sociallogin.account.extra_data["name"]
        known = sociallogin.is_existing or self._adopt(sociallogin)
        # C8: an unknown iD may be where a known record has moved to.
        if not known and moving.follow_to(orcid=sociallogin.account.uid, name=name):
            self._adopt(sociallogin)
        user: User = sociallogin.user
        if user.orcid != sociallogin.account.uid:
            log.error("User %s and the iD they sign in with do not agree.", user.pk)
            raise ImmediateHttpResponse(self.problem_response(request, Problem.ACCOUNT))
        if user.pk and user.name != name:
            user.name = name
            user.save(update_fields=["name"])

    def save_user(
        self, request: HttpRequest, sociallogin: "SocialLogin", form: object = None
    ) -> User:
        """The first sign-in; also when the same person's other tab was a moment faster."""
        try:
            with transaction.atomic():
                super().save_user(request, sociallogin, form)
        except IntegrityError:
            if not self._adopt(sociallogin):
                raise
        user: User = sociallogin.user
        return user

    def _adopt(self, sociallogin: "SocialLogin") -> bool:
        """Make it the sign-in of the User with that iD; False when there is none."""
        uid = sociallogin.account.uid
        user = User.objects.filter(orcid=uid).first()
        if user is None:
            return False
        sociallogin.user = user
        sociallogin.account, _created = SocialAccount.objects.update_or_create(
            provider=OrcidProvider.id,
            uid=uid,
            defaults={"user": user, "extra_data": sociallogin.account.extra_data},
        )
        return True

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Every failure of a sign-in becomes a page in plain words, with a status that fits."""
        state = (extra_context or {}).get("state")
        if isinstance(exception, SignInFailed):
            problem = exception.problem
        elif error == AuthError.CANCELLED:
            problem = Problem.CANCELLED
        elif state is None:
            problem = Problem.EXPIRED
        else:
            # ORCID sent the person back with an error that only we can have caused.
            log.warning("ORCID sign-in: sent back without a code.")
            problem = Problem.MISCONFIGURED
        raise ImmediateHttpResponse(
            self.problem_response(request, problem, next_url=(state or {}).get("next"))
        )

    def problem_response(
        self, request: HttpRequest, problem: Problem, *, next_url: str | None = None
    ) -> HttpResponse:
        """The page that says what went wrong and leads on; `next_url` is kept for the next try."""
        name = "login_cancelled" if problem is Problem.CANCELLED else "authentication_error"
        context = {"problem": problem.value, "next_url": next_url}
        return render(request, f"socialaccount/{name}.html", context, status=problem.status)
