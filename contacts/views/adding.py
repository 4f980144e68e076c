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
from contacts.services.finding import Outcome, look_up, read_offer, said_not_me
from contacts.services.invitations import invite_contact
from contacts.views._shared import Tools, enter_to_edit, refused, sent

# In the session.
_FOUND = "found_for_adding"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Step 1 asks for the address; its answer leads to step 2: compare and confirm, or invite.

    What was found waits in the session, so that each step has an address and *Back* repeats none.
    """
    tools = enter_to_edit(request, slug)
    form = LookUpForm(sent(request))
    if not form.is_valid():
        return tools.render("add.html", {"form": form})
    try:
        # Asks ORCID: outside any transaction (H1).
        finding = look_up(member_id=tools.member.pk, email=form.cleaned_data["email"], by=tools.by)
    except ValidationError as error:
        return tools.render("add.html", {"form": form} | refused(form, error))
    found = finding.outcome == Outcome.FOUND
    initial = AddForm.initial_of(finding) if found else {"email": finding.email}
    request.session[_FOUND] = {
        "member": tools.member.pk,
        "outcome": str(finding.outcome),
        "initial": initial,
    }
    return tools.to("contact_add_confirm" if found else "contact_invite")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_add_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter_to_edit(request, slug)
    if request.method != "POST":
        waiting = _waiting(tools)
        if waiting.get("outcome") != Outcome.FOUND:
            return tools.to("contact_add")
        return _compare(tools, AddForm(initial=waiting["initial"], closed=_closed(tools)))
    form = AddForm(request.POST, closed=_closed(tools))
    if not form.is_valid():
        return _compare(tools, form)
    given = form.cleaned_data
    try:
        contact = add_contact(
            member_id=tools.member.pk,
            offer=given["offer"],
            roles=given["roles"],
            by=tools.by,
            confirm_outside=form.confirms_outside,
            **form.details,
        )
    except ValidationError as error:
        return _compare(tools, form, **refused(form, error))
    request.session.pop(_FOUND, None)
    text = _("%(name)s is now a contact and has been told by e-mail.")
    messages.success(request, text % {"name": contact.display_name})
    return tools.to("contacts")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_invite(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter_to_edit(request, slug)
    if request.method != "POST":
        waiting = _waiting(tools)
        if waiting.get("outcome", Outcome.FOUND) == Outcome.FOUND:
            return tools.to("contact_add")
        invite = InviteForm(initial=waiting["initial"], closed=_closed(tools))
        return _invite(tools, invite, waiting["initial"]["email"], waiting["outcome"])
    form = InviteForm(request.POST, closed=_closed(tools))
    if not form.is_valid():
        return _invite(tools, form, form["email"].value() or "")
    given = form.cleaned_data
    try:
        invitation = invite_contact(
            member_id=tools.member.pk,
            email=given["email"],
            roles=given["roles"],
            by=tools.by,
            confirm_outside=form.confirms_outside,
        )
    except ValidationError as error:
        return _invite(tools, form, given["email"], **refused(form, error))
    request.session.pop(_FOUND, None)
    text = _("An invitation is on its way to %(email)s.")
    messages.success(request, text % {"email": invitation.email})
    return tools.to("contacts")


def _waiting(tools: Tools) -> dict[str, Any]:
    """What this person last looked up for this member, and has not dealt with."""
    waiting: dict[str, Any] = tools.request.session.get(_FOUND) or {}
    return waiting if waiting.get("member") == tools.member.pk else {}


def _closed(tools: Tools) -> dict[str, str]:
    # Nobody knows yet whether a new person has signed in: the service will say (R3).
    return why_closed(tools.standing, protected_holders(tools.member))


def _compare(tools: Tools, form: AddForm, **context: Any) -> HttpResponse:
    try:
        offer = read_offer(form["offer"].value() or "", member_id=tools.member.pk, by=tools.by)
    except ValidationError as error:
        # Half an hour has passed, or it was never theirs: start from the address again.
        again = LookUpForm()
        return tools.render("add.html", {"form": again, "problem": error.messages[0]})
    context |= {"form": form, "offer": offer, "said_not_me": said_not_me(tools.member, offer)}
    return tools.render("add_found.html", context)


def _invite(
    tools: Tools, form: InviteForm, email: str, outcome: Outcome | str = "", **context: Any
) -> HttpResponse:
    invited = Invitation.objects.open().filter(member=tools.member, email=email.lower()).first()
    return tools.render(
        "add_invite.html",
        {"form": form, "email": email, "outcome": str(outcome), "invited": invited, **context},
    )
