"""The publications desk and the member's say about its works: shown, named, removed (C2–C4, R5)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.forms.contacts import LookUpForm
from contacts.services.finding import Outcome, look_up, read_offer
from contacts.views.links import dead_link, with_token
from integrations.works.forms.member_works import AddKeeperForm, InviteKeeperForm, PolicyForm
from integrations.works.models import Keeper
from integrations.works.services import keepers as service
from integrations.works.services import pushing, works_policy
from integrations.works.views._room import WorksRoom, enter, enter_as_contact
from members.actors import Actor
from members.errors import StaleVersion
from members.http import PortalRequest, saying

# In the session: what was last looked up, as for contacts.
_FOUND = "found_for_desk"


@require_safe
@never_cache
def works_desk(request: PortalRequest, slug: str) -> HttpResponse:
    """Who keeps the works besides the contacts; for those who may see the whole member."""
    room = enter(request, slug)
    if room.is_desk_alone:
        return room.to("works")
    found = list(Keeper.objects.current().filter(member=room.member).select_related("added_by"))
    context = {
        "keepers": [keeper for keeper in found if keeper.orcid],
        "invited": [keeper for keeper in found if not keeper.orcid],
        "may_name": room.can_name_keepers,
        "signed_in": service.who_signed_in(found),
    }
    return room.render("desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_desk_add(request: PortalRequest, slug: str) -> HttpResponse:
    """Asks for the address; what is found waits in the session, so that each step has an address."""
    room = enter_as_contact(request, slug)
    form = LookUpForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return room.render("desk_add.html", {"form": form})
    try:
        # Asks ORCID: outside any transaction (H1).
        finding = look_up(member_id=room.member.pk, email=form.cleaned_data["email"], by=room.by)
    except ValidationError as error:
        if error.code == "already_contact":
            words = _("%(who)s Contacts keep the works anyway.") % {"who": error.messages[0]}
            error = ValidationError(words, code="already_contact")
        form.add_service_error(error)
        return room.render("desk_add.html", {"form": form})
    request.session[_FOUND] = {
        "member": room.member.pk,
        "outcome": str(finding.outcome),
        "email": finding.email,
        "offer": finding.offer,
    }
    found = finding.outcome == Outcome.FOUND
    return room.to("works_desk_confirm" if found else "works_desk_invite")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_desk_confirm(request: PortalRequest, slug: str) -> HttpResponse:
    """Compare name and iD, and confirm."""
    room = enter_as_contact(request, slug)
    waiting = _waiting(room)
    signed = request.POST.get("offer", waiting.get("offer", ""))
    try:
        offer = read_offer(signed, member_id=room.member.pk, by=room.by)
    except ValidationError:
        return room.to("works_desk_add")
    form = AddKeeperForm(request.POST or None, initial={"offer": signed})
    if request.method == "POST" and form.is_valid():
        try:
            keeper = service.add_keeper(
                member_id=room.member.pk, offer=form.cleaned_data["offer"], by=room.by
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            request.session.pop(_FOUND, None)
            text = _("%(name)s is on the publications desk and has been told by e-mail.")
            messages.success(request, text % {"name": keeper.display_name})
            return room.to("works_desk")
    return room.render("desk_found.html", {"form": form, "offer": offer})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_desk_invite(request: PortalRequest, slug: str) -> HttpResponse:
    """No iD was found: a mailed link."""
    room = enter_as_contact(request, slug)
    waiting = _waiting(room)
    if request.method != "POST" and waiting.get("outcome", Outcome.FOUND) == Outcome.FOUND:
        return room.to("works_desk_add")
    form = InviteKeeperForm(request.POST or None, initial={"email": waiting.get("email", "")})
    if request.method == "POST" and form.is_valid():
        try:
            keeper = service.invite_keeper(
                member_id=room.member.pk, email=form.cleaned_data["email"], by=room.by
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            request.session.pop(_FOUND, None)
            text = _("An invitation is on its way to %(email)s.")
            messages.success(request, text % {"email": keeper.email})
            return room.to("works_desk")
    context = {
        "form": form,
        "email": form["email"].value() or "",
        "outcome": waiting.get("outcome", ""),
    }
    return room.render("desk_invite.html", context)


def _waiting(room: WorksRoom) -> dict[str, Any]:
    waiting: dict[str, Any] = room.request.session.get(_FOUND) or {}
    return waiting if waiting.get("member") == room.member.pk else {}


@require_POST
def works_desk_resend(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    room = enter_as_contact(request, slug)
    keeper = get_object_or_404(Keeper.objects.current(), member=room.member, pk=pk)
    text = _("A new link is on its way to %(email)s; the old one no longer works.")
    with saying(request, text % {"email": keeper.email}):
        service.invite_again(keeper_id=keeper.pk, by=room.by)
    return room.to("works_desk")


@require_POST
def works_desk_remove(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    room = enter_as_contact(request, slug)
    keeper = get_object_or_404(Keeper.objects.current(), member=room.member, pk=pk)
    service.remove_keeper(keeper_id=keeper.pk, by=room.by)
    text = _("%(name)s is no longer on the publications desk.")
    messages.success(request, text % {"name": keeper.display_name})
    return room.to("works_desk")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_desk_leave(request: PortalRequest, slug: str) -> HttpResponse:
    """Whoever is on the desk may leave it at any time; asked once more."""
    room = enter(request, slug)
    own = get_object_or_404(Keeper.objects.of(request.user), member=room.member)
    if request.method != "POST":
        return room.render("desk_leave.html", {})
    service.remove_keeper(keeper_id=own.pk, by=Actor.contact(request.user))
    text = _("You no longer keep the works of %(name)s.")
    messages.success(request, text % {"name": room.member.display_name})
    return redirect("me:home")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_settings(request: PortalRequest, slug: str) -> HttpResponse:
    """What un-publishing means, and whether researchers' works are looked at first."""
    room = enter(request, slug)
    if request.method == "POST":
        room = enter_as_contact(request, slug)
    policy = pushing.policy_of(room.member)
    initial = {
        "version": policy.version,
        "on_unpublish": policy.on_unpublish,
        "validate_first": policy.validate_first,
    }
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, Any] = {"form": form, "policy": policy, "may_change": room.can_name_keepers}
    if request.method == "POST" and form.is_valid():
        try:
            works_policy.set_policy(member_id=room.member.pk, by=room.by, **form.cleaned_data)
        except StaleVersion as stale:
            context["stale"] = stale
            context["form"] = PolicyForm(initial=form.cleaned_data | {"version": stale.version})
        else:
            messages.success(request, _("Saved. It holds from now on."))
            return room.to("works_settings")
    return room.render("settings.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def keeper_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A mailed link: read without signing in, taken by the iD that signs in."""
    try:
        keeper = service.find_invitation(token)
        if request.method == "POST" and request.user.is_authenticated and request.user.orcid:
            taken = service.accept(token=token, by=Actor.contact(request.user))
            text = _("You are on the publications desk of %(name)s.")
            messages.success(request, text % {"name": taken.member.display_name})
            return redirect("tools:works", taken.member.slug)
    except ValidationError as error:
        return dead_link(request, error, "desk_invitation")
    return render(
        request, "works/member/desk_invitation.html", {"keeper": keeper, "member": keeper.member}
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def keeper_not_me(request: HttpRequest, token: str) -> HttpResponse:
    """*This is not me*, from the mail that says somebody is on the desk (C2)."""
    try:
        keeper = service.behind_not_me_link(token)
        if request.method == "POST":
            service.disown(token=token)
    except ValidationError as error:
        return dead_link(request, error, "desk")
    context = {"keeper": keeper, "member": keeper.member, "is_done": request.method == "POST"}
    return render(request, "works/member/desk_not_me.html", context)
