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
from contacts.views._shared import Tools, enter_to_edit, refused, status_of
from contacts.voting import effective_voter
from members.errors import StaleVersion


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter_to_edit(request, slug)
    if tools.standing.contact is None:  # the lead may change contacts, but not say they are right
        raise PermissionDenied
    if request.method != "POST":
        return _page(tools)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(tools)
    try:
        confirm_member(member_id=tools.member.pk, seen=form.cleaned_data["version"], by=tools.by)
    except StaleVersion as stale:
        return _page(tools, form=form, **refused(form, stale))
    messages.success(request, _("Thank you. It is noted that everything is right."))
    return tools.to("overview")


def _page(tools: Tools, **context: Any) -> HttpResponse:
    form = context.pop("form", None) or ConfirmForm(initial={"version": last_seen(tools.member)})
    people = tools.contacts()
    context |= {
        "form": form,
        "people": people,
        "voter": effective_voter(people),
        "agreement": AgreementRecord.objects.filter(member=tools.member).first(),
        "identifiers": list(tools.member.identifiers.all()),
        "is_asked": open_confirmations(tools.member).exists(),
    }
    return tools.render("confirm.html", context, status=status_of(context))
