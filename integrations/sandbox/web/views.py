"""Sign-in, registration, sign-out and the public pages."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.sandbox import links, settings
from integrations.sandbox.models import Client, Person, Visibility
from integrations.sandbox.web.affiliations_shown import public_affiliations
from integrations.sandbox.web.forms import RegisterForm, SignInForm, refused_sign_in
from integrations.sandbox.web.institutions import link_pending, pending_account
from integrations.sandbox.web.session import current_sign_in, sign_in, sign_out
from integrations.sandbox.web.ways import asking_client, next_url, safe_next, ways_in
from integrations.sandbox.web.works_shown import shown, work_groups

# Tests can add people by the hundred; the page stays usable.
LISTED_PEOPLE = 50
LISTED_WORKS = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {
        # Not the sources of works that somebody loaded: nobody signs in with these.
        "clients": Client.objects.exclude(redirect_uris=[]),
        "people": Person.objects.with_record().exclude(shown_password="")[:LISTED_PEOPLE],
        "base_url": links.base_url(),
        "seed_file": settings.SEED_FILE.name,
    }
    return render(request, "sandbox/home.html", context)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None, initial={"login": request.GET.get("login", "")})
    if request.method == "POST" and form.is_valid():
        sign_in(request, form.person)
        return HttpResponseRedirect(next_url(request, form.person))
    people = Person.objects.with_record().exclude(shown_password="")
    context = {
        "form": form,
        "people": people[:LISTED_PEOPLE],
        "next": request.GET.get("next", ""),
        "client": asking_client(request),
        **ways_in(request),
    }
    return render(request, "sandbox/signin.html", context)


@require_POST
def signin_as(request: HttpRequest) -> HttpResponse:
    """One click instead of a password, for the people whose password the page shows anyway."""
    people = Person.objects.exclude(shown_password="")
    person = people.filter(orcid=request.POST.get("orcid", "")).first()
    if person is None:
        raise Http404("Nobody of the people file has this iD.")
    if refusal := refused_sign_in(person):
        return render(request, "sandbox/error.html", {"message": refusal}, status=403)
    sign_in(request, person)
    return HttpResponseRedirect(next_url(request, person))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    prefilled = {key: request.GET.get(key, "") for key in ("given_names", "family_name", "email")}
    prefilled["email_visibility"] = Visibility.PRIVATE
    form = RegisterForm(request.POST or None, initial=prefilled)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        link_pending(request, person)
        sign_in(request, person)
        return HttpResponseRedirect(next_url(request, person))
    context = {
        "form": form,
        "account": pending_account(request),
        "client": asking_client(request),
        **ways_in(request),
    }
    return render(request, "sandbox/register.html", context)


@never_cache
def user_status(request: HttpRequest) -> JsonResponse:
    """ORCID's sign-out address, also by GET; without the parameter it only tells."""
    if request.GET.get("logUserOut") == "true":
        sign_out(request)
    return JsonResponse({"loggedIn": current_sign_in(request) is not None})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signout(request: HttpRequest) -> HttpResponse:
    """Also by GET, as at ORCID: applications link to it for people who want to be somebody else."""
    sign_out(request)
    start = "/" if request.method == "POST" else reverse("signin")
    return HttpResponseRedirect(safe_next(request) or start)


@require_safe
def record(request: HttpRequest, orcid: str) -> HttpResponse:
    """What everybody sees of a record: the page that an iD links to."""
    person = Person.objects.prefetch_related("emails").filter(orcid=orcid).first()
    if person is None:
        raise Http404("No record has this iD.")
    if person.status == Person.Status.MOVED:
        return HttpResponseRedirect(f"/{person.moved_to}")
    emails = [
        email
        for email in person.emails.all()
        if email.verified and email.visibility == Visibility.PUBLIC
    ]
    current = current_sign_in(request)
    is_active = person.status == Person.Status.ACTIVE
    everyone = work_groups(person, Q(visibility=Visibility.PUBLIC)) if is_active else []
    page = Paginator(everyone, LISTED_WORKS).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "uri": links.orcid_uri(orcid),
        "is_active": is_active,
        "page": page,
        "groups": shown(page.object_list, own_source=person.public_name or "the person"),
        "emails": emails,
        "affiliations": public_affiliations(person) if is_active else [],
        "is_own": current is not None and current.person == person,
    }
    return render(request, "sandbox/record.html", context)
