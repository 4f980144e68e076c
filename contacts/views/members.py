"""Adding a member with its first contact (A4): what is here already is asked about first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.forms.members import NewMemberForm
from contacts.http import Desk, enter_desk_to_manage
from contacts.services.members import (
    FirstContact,
    Same,
    add_member_with_first_contact,
    find_same,
)
from contacts.views._shared import sent
from contacts.views.first_contacts import next_step
from members.paging import read_key


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def member_add(request: HttpRequest, consortium: str) -> HttpResponse:
    """Details → is it here already? → who is the first contact? Each step carries the last."""
    desk = enter_desk_to_manage(request, consortium)
    form = NewMemberForm(sent(request))
    if not form.is_valid() or request.POST.get("step") == "edit":
        return _page(desk, form)
    other_than = _other_than(desk)
    if same := _same(desk, form, other_than):
        return _ask(desk, form, same, other_than)
    try:
        return next_step(
            desk, form, lambda first: _save(desk, form, first, other_than), _context(desk, form)
        )
    except ValidationError as error:
        form.add_service_error(error)
        return _page(desk, form)


def _save(
    desk: Desk, form: NewMemberForm, first: FirstContact, other_than: list[int]
) -> HttpResponse:
    try:
        member = add_member_with_first_contact(
            consortium=desk.consortium,
            information=form.information(),
            start=form.cleaned_data["start"],
            identifiers=form.identifiers(),
            first=first,
            other_than=other_than,
            by=desk.by,
        )
    except ValidationError as error:
        if getattr(error, "code", "") == "same":  # somebody was faster
            return _ask(desk, form, _same(desk, form, other_than), other_than)
        raise
    told = (
        _("%(name)s is added. Its first contact has been told by e-mail.")
        if first.offer
        else _("%(name)s is added. An invitation is on its way to %(email)s.")
    )
    messages.success(desk.request, told % {"name": member, "email": first.email})
    return redirect("lead:membership", desk.consortium.slug, member.slug)


def _other_than(desk: Desk) -> list[int]:
    """Members that were shown as possibly the same, and are not."""
    given = map(read_key, desk.request.POST.getlist("other_than")[:50])
    return [key for key in given if key is not None]


def _same(desk: Desk, form: NewMemberForm, other_than: list[int]) -> list[Same]:
    information = form.information()
    found = find_same(
        desk.consortium,
        identifiers=form.identifiers(),
        website=information.get("website", ""),
        names=[information["legal_name"], information["display_name"]],
    )
    return [same for same in found if same.member.pk not in other_than]


def _ask(desk: Desk, form: NewMemberForm, same: list[Same], other_than: list[int]) -> HttpResponse:
    # What has the same identifier in this consortium is the same: no second one can be made.
    is_certain = any(found.how == "identifier" and found.place == "current" for found in same)
    keys = [*other_than, *(found.member.pk for found in same)]
    shown = {"same": same, "other_than": keys, "is_certain": is_certain}
    return render(desk.request, "lead/member_same.html", _context(desk, form) | shown)


def _page(desk: Desk, form: NewMemberForm) -> HttpResponse:
    return render(desk.request, "lead/member_add.html", _context(desk, form))


def _context(desk: Desk, form: NewMemberForm) -> dict[str, Any]:
    return {"form": form, "consortium": desk.consortium, "other_than": _other_than(desk)}
