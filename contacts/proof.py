"""Whether it is the person who sits there: asked before a step that outlasts the session.

allauth lets everybody pass who has only social accounts. Here they prove themselves with what they
have: the password, the second factor, or a fresh sign-in at ORCID (`auth_time` is checked).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from contacts.models import User
from integrations.orcid.id_token import FRESH_SECONDS
from integrations.orcid.views import signed_in_freshly

View = Callable[..., HttpResponse]
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


@dataclass(frozen=True)
class Ways:
    """What a person can prove themselves with. With none of it: by signing in anew."""

    password: bool
    code: bool
    passkey: bool
    orcid: bool

    @property
    def second_factor(self) -> bool:
        return self.code or self.passkey

    @property
    def none(self) -> bool:
        return not (self.password or self.second_factor or self.orcid)


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
    )


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def proved_recently(request: HttpRequest) -> bool:
    """Whether the person has proved in this session, within five minutes, who they are."""
    user = request.user
    if not user.is_authenticated:
        return False
    if signed_in_freshly(request):
        return True
    records = get_authentication_records(request, user)
    recent = {one["method"] for one in records if time.time() - one["at"] <= FRESH_SECONDS}
    if recent & {"password", "mfa"}:
        return True
    # Only who has nothing better: others must not get by with a silent sign-in elsewhere.
    return "socialaccount" in recent and ways_of(user).none


def proof_page(back: str) -> str:
    """Where a person proves themselves, and is then led to `back`."""
    return f"{reverse('confirm_identity')}?{urlencode({'next': back})}"


def proof_needed(view: View, *, back: str = "") -> View:
    """The view for those who have just proved who they are; others prove it first.

    `back` names the page to return to, where the view itself answers POST alone.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated and not proved_recently(request):
            return redirect(proof_page(reverse(back) if back else request.get_full_path()))
        return view(request, *args, **kwargs)

    return answer
