"""Sign-in by way of one's institution: found, signed in there, linked once to a record."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.sandbox.models import Institution, InstitutionalAccount, Person
from integrations.sandbox.web.forms import SignInForm, refused_sign_in
from integrations.sandbox.web.session import PENDING, sign_in, signed_in_only
from integrations.sandbox.web.ways import asking_client, next_url, ways_in, with_next

# At ORCID one must search, among thousands; here a few fit on the page.
LISTED = 20


class UserNameForm(forms.Form):
    user_name = forms.CharField(
        label="User name",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def clean_user_name(self) -> str:
        return str(self.cleaned_data["user_name"]).strip().lower()


@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").split()
    found = Institution.objects.filter(*(Q(name__icontains=word) for word in words))
    context = {
        "institutions": found[:LISTED],
        "more": found[LISTED : LISTED + 1].exists(),
        "q": " ".join(words),
        "next": request.GET.get("next", ""),
        "client": asking_client(request),
        **ways_in(request),
    }
    return render(request, "sandbox/institutions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def at_institution(request: HttpRequest, pk: int) -> HttpResponse:
    """Plays the institution: believes every user name. An account that is linked signs in."""
    institution = get_object_or_404(Institution, pk=pk)
    form = UserNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return come_back(request, institution, form.cleaned_data["user_name"])
    context = {"institution": institution, "form": form, **ways_in(request)}
    return render(request, "sandbox/institution_signin.html", context)


def come_back(request: HttpRequest, institution: Institution, user_name: str) -> HttpResponse:
    """Back at ORCID with the account's name: straight in, or first to the linking."""
    linked = (
        InstitutionalAccount.objects.filter(institution=institution, user_name=user_name)
        .select_related("person")
        .first()
    )
    if linked is None:
        request.session[PENDING] = {"institution": institution.pk, "user_name": user_name}
        return HttpResponseRedirect(with_next("/institutional-linking", request))
    if refusal := refused_sign_in(linked.person):
        return render(request, "sandbox/error.html", {"message": refusal}, status=403)
    sign_in(request, linked.person)
    return HttpResponseRedirect(next_url(request, linked.person))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def linking(request: HttpRequest) -> HttpResponse:
    """Which record is theirs? Proved once, by its password."""
    account = pending_account(request)
    if account is None:
        return HttpResponseRedirect(with_next("/institutional-signin", request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        link_pending(request, form.person)
        sign_in(request, form.person)
        return HttpResponseRedirect(next_url(request, form.person))
    context = {"form": form, "account": account, **ways_in(request)}
    return render(request, "sandbox/institutional_linking.html", context)


@require_POST
@signed_in_only
def unlink(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    get_object_or_404(InstitutionalAccount, pk=pk, person=person).delete()
    return HttpResponseRedirect("/trusted-parties?" + urlencode({"done": "unlinked"}))


def pending_account(request: HttpRequest) -> InstitutionalAccount | None:
    """The account that somebody came back with and that no record has yet; not saved."""
    kept = request.session.get(PENDING)
    if not isinstance(kept, Mapping):
        return None
    institution = Institution.objects.filter(pk=kept["institution"]).first()
    if institution is None:
        return None
    return InstitutionalAccount(institution=institution, user_name=kept["user_name"])


def link_pending(request: HttpRequest, person: Person) -> None:
    """From now on the account that somebody came back with opens this record."""
    account = pending_account(request)
    if account is not None:
        InstitutionalAccount.objects.update_or_create(
            institution=account.institution,
            user_name=account.user_name,
            defaults={"person": person},
        )
