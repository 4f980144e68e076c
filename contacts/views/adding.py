"""Adding a contact: from an e-mail address to a person found, or to an invitation (C2–C4, C7)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.forms.contacts import AddForm, InviteForm, LookUpForm
from contacts.forms.roles import why_closed
from contacts.holders import protected_holders
from contacts.models import Invitation
from contacts.services.adding import add_contact
from contacts.services.finding import Outcome, look_up, read_offer
from contacts.services.invitations import invite_contact
from contacts.views._shared import Room, enter_to_edit, refused, sent


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Step 1 asks for the address; its answer is step 2: compare and confirm, or invite."""
    room = enter_to_edit(request, slug)
    form = LookUpForm(sent(request))
    if not form.is_valid():
        return room.render("add.html", {"form": form})
    try:
        # Asks ORCID: outside any transaction (H1).
        finding = look_up(member_id=room.member.pk, email=form.cleaned_data["email"], by=room.by)
    except ValidationError as error:
        return room.render("add.html", {"form": form} | refused(form, error))
    closed = _closed(room)
    if finding.outcome == Outcome.FOUND:
        return _compare(room, AddForm(initial=AddForm.initial_of(finding), closed=closed))
    invite = InviteForm(initial={"email": finding.email}, closed=closed)
    return _invite(room, invite, finding.email, finding.outcome)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_add_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    room = enter_to_edit(request, slug)
    if request.method != "POST":  # back from a sign-in in between
        return room.to("contact_add")
    form = AddForm(request.POST, closed=_closed(room))
    if not form.is_valid():
        return _compare(room, form)
    given = form.cleaned_data
    try:
        contact = add_contact(
            member_id=room.member.pk,
            offer=given["offer"],
            roles=given["roles"],
            by=room.by,
            confirm_outside=form.confirms_outside,
            **form.details,
        )
    except ValidationError as error:
        return _compare(room, form, **refused(form, error))
    text = _("%(name)s is now a contact and has been told by e-mail.")
    messages.success(request, text % {"name": contact.display_name})
    return room.to("contacts")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_invite(request: HttpRequest, slug: str) -> HttpResponse:
    room = enter_to_edit(request, slug)
    if request.method != "POST":
        return room.to("contact_add")
    form = InviteForm(request.POST, closed=_closed(room))
    if not form.is_valid():
        return _invite(room, form, form["email"].value() or "")
    given = form.cleaned_data
    try:
        invitation = invite_contact(
            member_id=room.member.pk,
            email=given["email"],
            roles=given["roles"],
            by=room.by,
            confirm_outside=form.confirms_outside,
        )
    except ValidationError as error:
        return _invite(room, form, given["email"], **refused(form, error))
    text = _("An invitation is on its way to %(email)s.")
    messages.success(request, text % {"email": invitation.email})
    return room.to("contacts")


def _closed(room: Room) -> dict[str, str]:
    # Nobody knows yet whether a new person has signed in: the service will say (R3).
    return why_closed(room.standing, protected_holders(room.member))


def _compare(room: Room, form: AddForm, **context: Any) -> HttpResponse:
    try:
        offer = read_offer(form["offer"].value() or "", member_id=room.member.pk, by=room.by)
    except ValidationError as error:
        # Half an hour has passed, or it was never theirs: start from the address again.
        again = LookUpForm()
        return room.render("add.html", {"form": again, "problem": error.messages[0]})
    return room.render("add_found.html", {"form": form, "offer": offer, **context})


def _invite(
    room: Room, form: InviteForm, email: str, outcome: Outcome | str = "", **context: Any
) -> HttpResponse:
    invited = Invitation.objects.open().filter(member=room.member, email__iexact=email).first()
    return room.render(
        "add_invite.html",
        {"form": form, "email": email, "outcome": str(outcome), "invited": invited, **context},
    )
