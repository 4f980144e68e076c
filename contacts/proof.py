"""Whether it is the person who sits there: asked before a step that outlasts the session.

allauth lets everybody pass who has only social accounts. Here they prove themselves with what they
have: the password, the second factor, or a fresh sign-in at ORCID, else at their institution: when
it was, is said in the signed statement (`auth_time`, `AuthnInstant`), and checked.
"""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from contacts.models import InstitutionalSignIn, User
from contacts.models.institutional import PROVIDER_PREFIX
from integrations.orcid.id_token import FRESH_SECONDS
from integrations.orcid.views import signed_in_freshly

View = Callable[..., HttpResponse]
NEW_SECONDS = 1800
_INSTITUTION_KEY = "institution_fresh_at"
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


@dataclass(frozen=True)
class Ways:
    """What a person can prove themselves with. With none of it (Google alone, say): by signing in anew."""

    password: bool
    code: bool
    passkey: bool
    orcid: bool
    # One through which the person signs in, where they have no iD.
    institution: InstitutionalSignIn | None

    @property
    def second_factor(self) -> bool:
        return self.code or self.passkey

    @property
    def none(self) -> bool:
        return not (self.password or self.second_factor or self.orcid or self.institution)


def ways_of(user: User) -> Ways:
    factors = set(
        Authenticator.objects.filter(user=user, type__in=FACTORS).values_list("type", flat=True)
    )
    return Ways(
        password=user.has_usable_password(),
        code=bool(factors),  # recovery codes come with either
        passkey=Authenticator.Type.WEBAUTHN in factors,
        # With a second factor, a sign-in at ORCID would lead there anyway.
        orcid=not factors and user.orcid is not None,
        institution=None if factors or user.orcid else _institution_of(user),
    )


def _institution_of(user: User) -> InstitutionalSignIn | None:
    accounts = SocialAccount.objects.filter(user=user, provider__startswith=PROVIDER_PREFIX)
    slugs = [one.provider.removeprefix(PROVIDER_PREFIX) for one in accounts]
    if not slugs:
        return None
    offered = InstitutionalSignIn.objects.offered().select_related("member")
    return offered.filter(slug__in=slugs).order_by("pk").first()


def note_fresh_sign_in(request: HttpRequest, user: User) -> None:
    """The institution has said, signed, that the person has just typed the password there.

    It is the proof of those alone who have nothing else: an institution that somebody with an iD has
    connected, too, cannot take that account over for good.
    """
    if ways_of(user).institution:
        request.session[_INSTITUTION_KEY] = time.time()


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def proved_recently(request: HttpRequest) -> bool:
    """Whether the person has proved in this session, within five minutes, who they are."""
    user = request.user
    if not user.is_authenticated:
        return False
    if signed_in_freshly(request):
        return True
    if time.time() - request.session.get(_INSTITUTION_KEY, 0) <= FRESH_SECONDS:
        return True
    records = get_authentication_records(request, user)
    recent = {one["method"] for one in records if time.time() - one["at"] <= FRESH_SECONDS}
    if recent & {"password", "mfa"}:
        return True
    # Only who has nothing better: others must not get by with a silent sign-in elsewhere.
    return "socialaccount" in recent and ways_of(user).none


def is_new(user: User) -> bool:
    """Whether the account was made in this visit: time to register at ORCID included."""
    return timezone.now() - user.date_joined <= datetime.timedelta(seconds=NEW_SECONDS)


def renew_session(request: HttpRequest) -> None:
    """Go on under another key: whoever knew the old one does not get what the person reaches now."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.cycle_key()
    UserSession.objects.create_from_request(request)


def proof_page(back: str) -> str:
    """Where a person proves themselves, and is then led to `back`."""
    return f"{reverse('confirm_identity')}?{urlencode({'next': back})}"


def proof_needed(view: View, *, back: str = "") -> View:
    """The view for those who have just proved who they are; others prove it first.

    `back` names the page to return to, where the view itself is none: it answers POST alone, or
    with a file.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated and not proved_recently(request):
            return redirect(proof_page(reverse(back) if back else request.get_full_path()))
        return view(request, *args, **kwargs)

    return answer
