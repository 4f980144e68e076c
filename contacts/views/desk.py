"""The lead desk: who of the lead's contacts reads or manages the consortium."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.forms.desk import SeatForm
from contacts.models import Contact, DeskSeat, Role
from contacts.services.desk import set_desk_level
from contacts.views._shared import Tools, enter
from members.models import Consortium


@dataclass(frozen=True)
class Seat:
    """One contact at one desk; `form` only for those who may change it."""

    contact: Contact
    label: str
    form: SeatForm | None


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter(request, slug)
    consortia = list(Consortium.objects.filter(lead=tools.member))
    if not consortia:
        raise Http404
    if request.method != "POST":
        return _page(tools, consortia)
    if not _may_set(tools):
        raise PermissionDenied
    return _set(tools, consortia)


def _may_set(tools: Tools) -> bool:
    return tools.standing.can_edit and Role.MAIN in tools.standing.roles


def _set(tools: Tools, consortia: list[Consortium]) -> HttpResponse:
    form = SeatForm(tools.request.POST)
    if not form.is_valid():
        return _page(tools, consortia, problem=_("Choose one of the seats offered."))
    # Ids from the form count only within the member of the address.
    contact = tools.contact(form.cleaned_data["contact"])
    consortium = get_object_or_404(
        Consortium, pk=form.cleaned_data["consortium"], lead=tools.member
    )
    try:
        set_desk_level(
            consortium_id=consortium.pk,
            contact_id=contact.pk,
            level=form.chosen_level,
            by=tools.by,
        )
    except ValidationError as error:
        return _page(tools, consortia, problem=error.messages[0])
    text = _("The seat of %(name)s is saved.")
    messages.success(tools.request, text % {"name": contact.display_name})
    return tools.to("desk")


def _page(tools: Tools, consortia: list[Consortium], **context: Any) -> HttpResponse:
    levels: dict[int, dict[int, str]] = defaultdict(dict)
    for seat in DeskSeat.objects.filter(consortium__in=consortia):
        levels[seat.consortium_id][seat.contact_id] = seat.level
    people = tools.contacts()
    may_set = _may_set(tools)
    desks = [
        (one, [_seat(one, who, levels[one.pk].get(who.pk, ""), may_set) for who in people])
        for one in consortia
    ]
    return tools.render("desk.html", {"desks": desks, "may_set": may_set, **context})


def _seat(consortium: Consortium, contact: Contact, level: str, may_set: bool) -> Seat:  # noqa: FBT001  # private
    if Role.MAIN in contact.roles:
        return Seat(contact, _("Manager, as Main relationship contact"), None)
    label = str(DeskSeat.Level(level).label) if level else _("None")
    initial = {"consortium": consortium.pk, "contact": contact.pk, "level": level}
    form = SeatForm(initial=initial, auto_id=f"id_{consortium.pk}_{contact.pk}_%s")
    return Seat(contact, label, form if may_set else None)
