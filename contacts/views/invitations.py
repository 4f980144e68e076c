"""Invitations, as the organisation deals with them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.models import Invitation
from contacts.services import invitations as service
from contacts.views._shared import enter_to_edit
from members.http import saying


@require_POST
def invitation_resend(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    sent = _("A new link is on its way to %(email)s; the old one no longer works.")
    return _deal_with(request, slug, pk, service.resend_invitation, sent)


@require_POST
def invitation_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    withdrawn = _("The invitation to %(email)s is withdrawn; its link no longer works.")
    return _deal_with(request, slug, pk, service.withdraw_invitation, withdrawn)


def _deal_with(
    request: HttpRequest, slug: str, pk: int, act: Callable[..., Invitation], done: str
) -> HttpResponse:
    tools = enter_to_edit(request, slug)
    invitation = get_object_or_404(Invitation, member=tools.member, pk=pk)
    with saying(request, done % {"email": invitation.email}):
        act(invitation_id=invitation.pk, by=tools.by)
    return tools.to("contacts")
