"""Where allauth meets this portal: who may sign in, as whom, and what it mails.

A person is found by the iD alone, never by an e-mail address (C4).
"""

import logging
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.elsewhere import answers as elsewhere
from contacts.elsewhere import services
from contacts.elsewhere.http import ServiceSession
from contacts.elsewhere.problems import Problem as ElsewhereProblem
from contacts.elsewhere.services import service_name
from contacts.institutional import answers, clients
from contacts.models import Mail, User
from contacts.proof import proof_page, proved_recently
from contacts.services import claiming, moving
from contacts.services.mails import queue_mail
from contacts.services.security import Change, tell_of_change
from contacts.throttles import throttled
from integrations.orcid.problems import Problem
from integrations.orcid.provider import OrcidProvider, SignInFailed

if TYPE_CHECKING:
    from allauth.account.models import EmailConfirmationHMAC
    from allauth.socialaccount.models import SocialLogin

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
# The same person asking for the same mail again: the first may still be on its way.
SAME_MAIL_SECONDS = 180


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _lazy("This e-mail address and password do not fit together."),
        "too_many_login_attempts": _lazy("Too many attempts. Wait five minutes, then try again."),
        "incorrect_password": _lazy("This is not your password."),
        "enter_current_password": _lazy("This is not the password you have now."),
        "rate_limited": _lazy("Too many attempts. Wait five minutes, then try again."),
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
        tell_of_change(user=user, change=change, detail=detail, to=to)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails are rows first (H6). allauth has no other mail that this portal lets it send."""
        raise NotImplementedError(template_prefix)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """This deployment's own clients, from its settings, and the institutions: made in memory,
        never a row with a plain secret."""
        orcid = SocialApp(
            provider=OrcidProvider.id,
            name=OrcidProvider.name,
            client_id=settings.ORCID_CLIENT_ID,
            secret=settings.ORCID_CLIENT_SECRET,
        )
        own = [orcid] if provider in {None, orcid.provider} else []
        return [*own, *services.apps_for(provider), *clients.apps_for(provider)]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: "SocialLogin") -> bool:
        provider = sociallogin.account.provider
        return provider == OrcidProvider.id or clients.is_institution(provider)

    def populate_user(
        self, request: HttpRequest, sociallogin: "SocialLogin", data: dict[str, str]
    ) -> User:
        user: User = sociallogin.user
        if sociallogin.account.provider == OrcidProvider.id:
            user.orcid = sociallogin.account.uid
        user.name = data["name"]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: "SocialLogin") -> None:
        """Find the person by iD, where allauth has not, and keep both sides in agreement.

        Who comes from an institution is known by its own identifier alone (C4): allauth has looked.
        """
        provider = sociallogin.account.provider
        if provider in services.NAMES:
            self._refuse_unknown(request, sociallogin)
        if provider != OrcidProvider.id:
            return
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

    def _refuse_unknown(self, request: HttpRequest, sociallogin: "SocialLogin") -> None:
        """An account elsewhere opens the account here that it was connected to, and makes none."""
        connects = sociallogin.state.get("process") == AuthProcess.CONNECT
        if not connects and not sociallogin.is_existing:
            service = sociallogin.account.provider
            raise ImmediateHttpResponse(
                elsewhere.problem_response(request, service, ElsewhereProblem.UNKNOWN)
            )

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("accounts")

    def get_requests_session(self) -> ServiceSession:
        return ServiceSession()

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
        """Make it the sign-in of the User with that iD, or that an institution knows so; False when
        there is none."""
        uid, provider = sociallogin.account.uid, sociallogin.account.provider
        if provider == OrcidProvider.id:
            user = User.objects.filter(orcid=uid).first()
        else:
            user = User.objects.filter(
                socialaccount__provider=provider, socialaccount__uid=uid
            ).first()
        if user is None:
            return False
        sociallogin.user = user
        sociallogin.account, _created = SocialAccount.objects.update_or_create(
            provider=provider,
            uid=uid,
            defaults={"user": user, "extra_data": sociallogin.account.extra_data},
        )
        return True

    def may_claim_orcid(self, request: HttpRequest) -> bool:
        """Whether a person without an iD may prove one, and have it: all but operators, whose
        accounts are for the admin alone. Asked at the start: an iD is for good, so that who wants one
        first shows that it is they."""
        if not self._may_have_orcid(request):
            return False
        if not proved_recently(request):
            raise ImmediateHttpResponse(redirect(proof_page(reverse("connect_orcid"))))
        return True

    def _may_have_orcid(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and not user.is_staff and user.orcid is None

    def claim_orcid(self, request: HttpRequest, orcid: str, name: str) -> bool:
        """Make it the iD of the person who has just proved it at ORCID; False if it is another's."""
        if not self._may_have_orcid(request):
            return False
        user = cast("User", request.user)
        if not claiming.claim_orcid(user_id=user.pk, orcid=orcid, name=name):
            return False
        # They may reach more now: whoever knew the old session must not.
        request.session.cycle_key()
        UserSession.objects.create_from_request(request)
        tell_of_change(user=user, change=Change.ACCOUNT_ADDED, detail=OrcidProvider.name)
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
        if sign_in := getattr(provider, "sign_in", None):
            raise ImmediateHttpResponse(
                answers.problem_response(
                    request,
                    sign_in,
                    answers.problem_of(error, exception, state),
                    reason=str(exception or ""),
                    next_url=(state or {}).get("next"),
                )
            )
        service = getattr(provider, "id", "")
        if service in services.NAMES:
            problem_elsewhere = elsewhere.problem_of(error, exception, state)
            reason = type(exception).__name__ if exception else ""
            raise ImmediateHttpResponse(
                elsewhere.problem_response(request, service, problem_elsewhere, reason=reason)
            )
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
