"""Sign-ins that come from elsewhere. A person is found by the iD alone, never by an e-mail address (C4)."""

import logging
from typing import TYPE_CHECKING, Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from contacts.browsers import browser_of
from contacts.elsewhere import answers as elsewhere
from contacts.elsewhere import services
from contacts.elsewhere.http import ServiceSession
from contacts.elsewhere.problems import Problem as ElsewhereProblem
from contacts.institutional import answers, clients
from contacts.models import User
from contacts.networks import note_failure, too_often
from contacts.proof import is_new, proof_page, proved_recently, renew_session
from contacts.services import claiming, moving
from contacts.services.security import tell_of_new_id
from contacts.throttles import CONNECTS, spend
from integrations.orcid.problems import Problem
from integrations.orcid.provider import OrcidProvider, SignInFailed
from members.text import one_line

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

log = logging.getLogger(__name__)

# What somebody at play would cause, and ORCID out of reach would not.
ODD = {Problem.EXPIRED, Problem.UNTRUSTED}


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
        user.name = one_line(data["name"])
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
        # It stands in histories and mails: in one line, and without what turns the writing.
        name = one_line(sociallogin.account.extra_data["name"])
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

    def stop_if_throttled(self, request: HttpRequest) -> None:
        """Before somebody is sent to ORCID to connect: each time it is asked for a token."""
        if wait := spend((CONNECTS, request.user.pk)):
            raise ImmediateHttpResponse(too_often(request, wait, by_network=False))

    def stop_unless_proved(self, request: HttpRequest, *, next_url: str = "") -> None:
        """Before somebody is sent to ORCID to have an iD: it is for good, so that they first show that
        it is they. An account that was made a moment ago has nothing to guard yet: its one step to
        ORCID stays one."""
        if not (proved_recently(request) or is_new(cast("User", request.user))):
            step = reverse("connect_orcid")
            back = f"{step}?{urlencode({'next': next_url})}" if next_url else step
            raise ImmediateHttpResponse(redirect(proof_page(back)))

    def may_have_orcid(self, request: HttpRequest) -> bool:
        """Whether a person without an iD may prove one, and have it: all but operators, whose
        accounts are for the admin alone."""
        user = request.user
        return user.is_authenticated and not user.is_staff and user.orcid is None

    def claim_orcid(self, request: HttpRequest, orcid: str, name: str) -> bool:
        """Make it the iD of the person who has just proved it at ORCID; False if it is another's."""
        if not self.may_have_orcid(request):
            return False
        user = cast("User", request.user)
        if not claiming.claim_orcid(user_id=user.pk, orcid=orcid, name=one_line(name)):
            return False
        # They may reach more now: whoever knew the old session must not.
        renew_session(request)
        tell_of_new_id(user_id=user.pk, browser=browser_of(request))
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
        if problem in ODD:
            note_failure(request)
        name = "login_cancelled" if problem is Problem.CANCELLED else "authentication_error"
        context = {"problem": problem.value, "next_url": next_url}
        return render(request, f"socialaccount/{name}.html", context, status=problem.status)
