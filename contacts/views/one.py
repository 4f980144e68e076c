"""One contact: details, roles, removal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.forms._shared import ServiceForm
from contacts.forms.contacts import EditForm
from contacts.forms.roles import RolesForm, why_closed
from contacts.holders import protected_holders
from contacts.models import Contact, Invitation
from contacts.services.editing import edit_contact
from contacts.services.leaving import remove_contact
from contacts.services.roles import set_roles
from contacts.views._shared import Tools, enter, enter_to_edit, refused, sent, status_of
from members.errors import StaleVersion


@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Details; for those who may not change them, to read, with whom to ask."""
    tools = enter(request, slug)
    contact = tools.contact(pk)
    if not tools.standing.can_edit_details(contact):
        if request.method == "POST":
            raise PermissionDenied
        return tools.render("read.html", {"contact": contact})
    form = EditForm(sent(request), contact=contact)
    if not form.is_valid():
        return _edit_page(tools, contact, form)
    try:
        changed = edit_contact(
            contact_id=contact.pk,
            version=form.cleaned_data["version"],
            by=tools.by,
            email=form.cleaned_data["email"],
            confirm_outside=form.confirms_outside,
            **form.details,
        )
    except (ValidationError, StaleVersion) as error:
        return _edit_page(tools, contact, form, **refused(form, error))
    messages.success(request, _saved(contact, changed))
    return tools.to("contacts")


def _edit_page(tools: Tools, contact: Contact, form: EditForm, **context: Any) -> HttpResponse:
    context |= {"contact": contact, "form": form, "is_self": tools.standing.is_self(contact)}
    return tools.render("edit.html", context, status=status_of(context))


def _saved(before: Contact, now: Contact) -> str:
    name = {"name": now.display_name, "email": now.pending_email}
    if now.pending_email and now.pending_email != before.pending_email:
        text = _("Saved. %(email)s takes effect when %(name)s has followed the link we mailed.")
        return text % name
    return _("The details of %(name)s are saved.") % name


@require_http_methods(["GET", "HEAD", "POST"])
def contact_roles(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    tools = enter_to_edit(request, slug)
    contact = tools.contact(pk)
    if not tools.standing.can_set_roles(contact.roles, contact.roles):
        raise PermissionDenied
    closed = why_closed(tools.standing, protected_holders(tools.member), contact=contact)
    form = RolesForm(sent(request), contact=contact, closed=closed)
    if not form.is_valid():
        return _roles_page(tools, contact, form)
    try:
        set_roles(
            contact_id=contact.pk,
            version=form.cleaned_data["version"],
            roles=form.cleaned_data["roles"],
            by=tools.by,
        )
    except (ValidationError, StaleVersion) as error:
        return _roles_page(tools, contact, form, **refused(form, error))
    messages.success(
        request, _("The roles of %(name)s are saved.") % {"name": contact.display_name}
    )
    return tools.to("contacts")


def _roles_page(tools: Tools, contact: Contact, form: RolesForm, **context: Any) -> HttpResponse:
    context |= {"contact": contact, "form": form}
    return tools.render("roles.html", context, status=status_of(context))


@require_http_methods(["GET", "HEAD", "POST"])
def contact_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Asks first; removes on POST. Oneself one does not remove: one leaves (C9)."""
    tools = enter_to_edit(request, slug)
    contact = tools.contact(pk)
    if tools.standing.is_self(contact):
        return tools.to("leave")
    if not tools.standing.can_remove(contact):
        raise PermissionDenied
    form = ServiceForm(sent(request))
    if form.is_valid():
        try:
            remove_contact(contact_id=contact.pk, by=tools.by)
        except ValidationError as error:
            refused(form, error)
        else:
            text = _("%(name)s is no longer a contact and has no access any more.")
            messages.success(request, text % {"name": contact.display_name})
            return tools.to("contacts")
    theirs = Invitation.objects.open().filter(member=tools.member, sent_by__orcid=contact.orcid)
    context = {"contact": contact, "form": form, "their_invitations": theirs.count()}
    return tools.render("remove.html", context)
