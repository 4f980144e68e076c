"""*Sign in through your institution*: the list to choose from, the way there, and the way back.

Whatever fails ends on a page that names the institution's own help contact.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.sessions import LoginSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from contacts.institutional import saml
from contacts.institutional.answers import problem_response
from contacts.institutional.clients import provider_of
from contacts.institutional.oidc import InstitutionOidcAdapter
from contacts.institutional.problems import InstitutionFailed, Problem
from contacts.models import InstitutionalSignIn, User
from contacts.proof import note_fresh_sign_in, proof_page, proved_recently
from contacts.services.institutional import note_sign_in
from members.paging import paginate
from members.text import one_line

if TYPE_CHECKING:
    from contacts.institutional.attributes import Person

View = Callable[..., HttpResponse]


@login_not_required
@require_safe
@never_cache
def institutions(request: HttpRequest) -> HttpResponse:
    """Every member whose people can sign in at their own institution."""
    words = one_line(request.GET.get("q", ""))[:200]
    rows = InstitutionalSignIn.objects.offered().search(words)
    ordered = rows.select_related("member").order_by("member__sort_key", "pk")
    context = {
        "page": paginate(ordered, request.GET.get("page")),
        "words": words,
        "next_url": get_next_redirect_url(request) or "",
    }
    return render(request, "institutions/list.html", context)


def _told_why(view: View) -> View:
    """Of a sign-in that is offered (else 404): a failure becomes its page."""

    @wraps(view)
    def answer(request: HttpRequest, slug: str) -> HttpResponse:
        offered = InstitutionalSignIn.objects.offered().select_related("member")
        row = get_object_or_404(offered, slug=slug)
        try:
            return view(request, row)
        except InstitutionFailed as error:
            return problem_response(request, row, error.problem, reason=str(error))
        except ImmediateHttpResponse as error:
            return cast("HttpResponse", error.response)

    return answer


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@_told_why
def login(request: HttpRequest, row: InstitutionalSignIn) -> HttpResponse:
    """Send the person to their institution. A link alone does not: it asks first."""
    if request.method != "POST":
        context = {"sign_in": row, "next_url": get_next_redirect_url(request) or ""}
        return render(request, "institutions/login.html", context)
    if request.POST.get("process") == AuthProcess.CONNECT and request.user.is_authenticated:
        if request.user.is_staff:
            raise PermissionDenied
        if not proved_recently(request):
            messages.info(
                request, _("First confirm that it is you; then press “Connect” once more.")
            )
            return redirect(proof_page(reverse("institutions")))
    away = provider_of(request, row).redirect_from_request(request)
    # A page, not a redirect: browsers hold a form's redirects to `form-action`, and nobody knows
    # where an institution sends its people on to.
    return render(request, "institutions/leaving.html", {"sign_in": row, "url": away["Location"]})


class _CallbackView(OAuth2CallbackView):
    adapter: InstitutionOidcAdapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        """allauth hands the stashed state to nobody who could compare the nonce."""
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        return state, response


@login_not_required
@require_GET
@never_cache
@_told_why
def callback(request: HttpRequest, row: InstitutionalSignIn) -> HttpResponse:
    """OpenID Connect: back with a code, or without."""
    _only(row, InstitutionalSignIn.Protocol.OIDC)
    came = _Came(request, row)
    adapter = InstitutionOidcAdapter(request, provider_of(request, row))
    adapter.on_login = came.remember
    response = _CallbackView.adapter_view(adapter)(request)
    return came.finish(response)


@csrf_exempt
@login_not_required
@require_POST
@never_cache
@_told_why
def acs(request: HttpRequest, row: InstitutionalSignIn) -> HttpResponse:
    """SAML: what the institution has the browser post. As that is a post from another site, it
    comes without our cookies: kept for a moment, and taken up by `finish`."""
    _only(row, InstitutionalSignIn.Protocol.SAML)
    encoded = request.POST.get("SAMLResponse", "")
    if not encoded or len(encoded) > saml.MOST_CHARACTERS:
        raise InstitutionFailed(Problem.UNTRUSTED, "no response, or a very long one")
    response = HttpResponseRedirect(reverse("institution_finish", args=[row.slug]))
    kept = _kept(request)
    kept.store["response"] = encoded
    kept.store.set_expiry(600)
    kept.save(response)
    response.cookies[kept.cookie_name]["httponly"] = True
    return response


@login_not_required
@require_GET
@never_cache
@_told_why
def finish(request: HttpRequest, row: InstitutionalSignIn) -> HttpResponse:
    """SAML: who came, now that the browser has sent our cookies along."""
    _only(row, InstitutionalSignIn.Protocol.SAML)
    kept = _kept(request)
    encoded = kept.store.get("response")
    kept.delete()
    if not encoded:
        raise InstitutionFailed(Problem.EXPIRED)
    came = _Came(request, row)
    login = provider_of(request, row).login_from(request, encoded)
    came.remember(login)
    return came.finish(complete_social_login(request, login))


@login_not_required
@require_safe
def own_metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """SAML: what the institution has to know of this portal, also before it is switched on."""
    row = get_object_or_404(InstitutionalSignIn.objects.select_related("member"), slug=slug)
    _only(row, InstitutionalSignIn.Protocol.SAML)
    return HttpResponse(saml.own_metadata(row), content_type="application/samlmetadata+xml")


@require_safe
@never_cache
def connect_orcid(request: HttpRequest) -> HttpResponse:
    """The one step that is left after the first sign-in: the person's iD."""
    next_url = get_next_redirect_url(request) or ""
    if cast("User", request.user).orcid:
        return redirect(next_url or "me:home")
    return render(request, "institutions/connect_orcid.html", {"next_url": next_url})


class _Came:
    """Somebody who comes back from their institution: what is left to do once they are signed in."""

    def __init__(self, request: HttpRequest, row: InstitutionalSignIn) -> None:
        self.request, self.row = request, row
        self.login: SocialLogin | None = None
        self.is_new = False

    def remember(self, login: SocialLogin) -> None:
        known = SocialAccount.objects.filter(provider=self.row.provider_id, uid=login.account.uid)
        self.login, self.is_new = login, not known.exists()

    def finish(self, response: HttpResponse) -> HttpResponse:
        """Keep what the institution said of whoever it knows so, signed in now or not: there may be
        a second factor to come. Those who are new go on to ORCID."""
        if self.login is None or self.login.account.pk is None:
            return response
        person: Person = self.login.person
        note_sign_in(sign_in_id=self.row.pk, user_id=self.login.account.user_id, person=person)
        user = self.request.user
        is_own = user.pk == self.login.account.user_id
        if user.is_authenticated and is_own and self.login.is_fresh:
            note_fresh_sign_in(self.request, user)
        is_more = self.login.state.get("process") == AuthProcess.CONNECT
        if not self.is_new or is_more or not user.is_authenticated:
            return response
        if person.email:
            self._keep_address(person.email)
        if user.orcid or not response.has_header("Location"):
            return response
        query = urlencode({"next": response["Location"]})
        return redirect(f"{reverse('connect_orcid')}?{query}")

    def _keep_address(self, email: str) -> None:
        """As one that the person has yet to prove: an institution may say anything (C4)."""
        EmailAddress.objects.add_email(self.request, self.request.user, email, confirm=True)


def _only(row: InstitutionalSignIn, protocol: str) -> None:
    if row.protocol != protocol:
        raise InstitutionFailed(Problem.UNTRUSTED, "the other protocol")


def _kept(request: HttpRequest) -> LoginSession:
    return LoginSession(request, "institution_session", "institution-sign-in")
