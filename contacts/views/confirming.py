"""*These are your contacts and your information: still right?* One press."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.forms.rounds import ConfirmForm
from contacts.models import AgreementRecord
from contacts.services.confirming import confirm_member, last_seen, open_confirmations
from contacts.views._shared import Room, enter_to_edit, refused, status_of
from contacts.voting import effective_voter
from members.errors import StaleVersion


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    room = enter_to_edit(request, slug)
    if room.standing.contact is None:  # the lead may change contacts, but not say they are right
        raise PermissionDenied
    if request.method != "POST":
        return _page(room)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(room)
    try:
        confirm_member(member_id=room.member.pk, seen=form.cleaned_data["version"], by=room.by)
    except StaleVersion as stale:
        return _page(room, form=form, **refused(form, stale))
    messages.success(request, _("Thank you. It is noted that everything is right."))
    return room.to("overview")


def _page(room: Room, **context: Any) -> HttpResponse:
    form = context.pop("form", None) or ConfirmForm(initial={"version": last_seen(room.member)})
    people = room.contacts()
    context |= {
        "form": form,
        "people": people,
        "voter": effective_voter(people),
        "agreement": AgreementRecord.objects.filter(member=room.member).first(),
        "identifiers": list(room.member.identifiers.all()),
        "is_asked": open_confirmations(room.member).exists(),
    }
    return room.render("confirm.html", context, status=status_of(context))
