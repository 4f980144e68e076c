"""All contacts of the consortium's members, searched, filtered and exported."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contacts.facts import BITS, votes, with_facts
from contacts.filters import ContactFilter
from contacts.http import enter_desk
from contacts.models import Contact
from contacts.services.exporting import record_export
from members.http import PortalRequest
from members.keyset import stretch
from portal.pages import exports, layouts
from portal.pages.lead._shared import render_list

_SHOWN = ["orcid", "given_names", "family_name", "email", "outside_domains", "sort_key"]
_SHOWN += ["member__slug", "member__display_name"]


@require_safe
def contacts(request: PortalRequest, consortium: str) -> HttpResponse:
    desk = enter_desk(request, consortium)
    form = ContactFilter(request.GET, consortium=desk.consortium)
    everything = Contact.objects.filter(member__in=form.everyone.values("pk"))
    page = stretch(
        form.contacts(), everything, request.GET, shown=_shown, is_narrowed=form.is_narrowed
    )
    context: dict[str, Any] = {"consortium": desk.consortium, "form": form, "page": page}
    context |= {"can_manage": desk.can_manage, "my_desks": desk.consortia}
    context["rows"] = _contact_rows(page.items)
    return render_list(request, "contacts", context)


def _shown(contacts: QuerySet[Contact, Any]) -> QuerySet[Contact, Any]:
    return with_facts(contacts).select_related("member").only(*_SHOWN)


@require_safe
def contacts_csv(request: PortalRequest, consortium: str) -> HttpResponseBase:
    return _file(request, consortium, "csv")


@require_safe
def contacts_xlsx(request: PortalRequest, consortium: str) -> HttpResponseBase:
    return _file(request, consortium, "xlsx")


def _file(request: PortalRequest, slug: str, as_format: exports.Format) -> HttpResponseBase:
    """The list with the same filters; with one that makes no sense, the page that says so.

    The event comes first, with the number that the same query counts: what has left is on record
    however the download ends.
    """
    desk = enter_desk(request, slug)
    form = ContactFilter(request.GET, consortium=desk.consortium)
    layout = layouts.LAYOUTS.get(request.GET.get("layout", ""), layouts.SELF_SERVICE)
    if not form.is_valid():
        address = reverse("lead:contacts", args=[slug])
        return redirect(f"{address}?{request.GET.urlencode()}")
    found, records = form.contacts(), form.records()
    if request.method == "GET":
        record_export(
            consortium=desk.consortium,
            what="contacts",
            layout=f"{as_format}, {layout.name}",
            filters=form.for_history(),
            count=found.count() + records.count(),
            by=desk.by,
        )
    return exports.contacts_file(slug, found, records, layout=layout, as_format=as_format)


def _contact_rows(contacts: list[Any]) -> list[dict[str, Any]]:
    chips = _Chips()
    return [
        {
            "contact": contact,
            "name": contact.display_name,
            "is_authenticated": contact.is_proved,
            "votes": (is_voter := votes(contact.role_bits, contact.is_voted_for)),
            "chips": chips.of(contact.role_bits or 0, is_voter=is_voter),
        }
        for contact in contacts
    ]


class _Chips:
    """The roles of a row as they are shown: many rows have the same, and each is made once."""

    def __init__(self) -> None:
        self._votes = format_html('<li class="chip chip-brand">{}</li>', _("Votes"))
        self._made: dict[tuple[int, bool], SafeString] = {}

    def of(self, bits: int, *, is_voter: bool) -> SafeString:
        key = bits, is_voter
        if key not in self._made:
            held = ((role.label,) for role, bit in BITS.items() if bits & bit)
            made = format_html_join("", '<li class="chip chip-role">{}</li>', held)
            self._made[key] = made + (self._votes if is_voter else SafeString())
        return self._made[key]
