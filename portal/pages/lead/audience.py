"""Who gets an announcement, person by person; and a selection's addresses for a mail program."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.audience import REASONS, Audience, audience_of
from contacts.filters import ContactFilter
from contacts.forms.announcements import PurposeForm
from contacts.http import Desk, enter_desk
from contacts.models import Announcement, Contact
from contacts.services.exporting import record_export
from contacts.views.announcements import announcement_of, in_words
from members.http import PortalRequest, attachment
from members.keyset import stretch

_SHOWN = ["orcid", "given_names", "family_name", "email", "sort_key"]
_SHOWN += ["member__slug", "member__display_name"]
# More than any mail program takes; they are for a file.
MOST_ON_A_PAGE = 1000


@require_safe
def announcement_audience(request: PortalRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk(request, consortium)
    found = announcement_of(desk, pk)
    context: dict[str, Any] = {"consortium": desk.consortium, "announcement": found}
    try:
        context |= _people(desk, audience_of(found))
    except ValidationError as error:
        context["problem"] = error.messages[0]
    return render(request, "lead/announcement_audience.html", context)


def _people(desk: Desk, audience: Audience) -> dict[str, Any]:
    asked = desk.request.GET
    receivers, left_out = audience.receivers(), audience.left_out()
    shown = left_out if asked.get("out") else receivers
    everything = Contact.objects.filter(pk__in=audience.selection.values("pk"))
    page = stretch(shown.select_related("member").only(*_SHOWN), everything, asked)
    return {
        "page": page,
        "rows": [
            {"contact": contact, "reason": REASONS.get(getattr(contact, "reason", ""), "")}
            for contact in page.items
        ],
        "receivers": receivers.count(),
        "left_out": left_out.count(),
        "out": bool(asked.get("out")),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: PortalRequest, consortium: str) -> HttpResponse:
    """Readers may too: it is an export, and recorded as one."""
    desk = enter_desk(request, consortium)
    chosen = ContactFilter(request.GET, consortium=desk.consortium)
    if not chosen.is_valid():
        address = reverse("lead:contacts", args=[consortium])
        return redirect(f"{address}?{request.GET.urlencode()}")
    form = PurposeForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"consortium": desk.consortium, "chosen": chosen, "form": form}
    context |= {"selection": in_words(chosen), "addresses": None}
    if form.is_bound and form.is_valid():
        return _handed_out(desk, chosen, form, context)
    return render(request, "lead/addresses.html", context)


def _handed_out(
    desk: Desk, chosen: ContactFilter, form: PurposeForm, context: dict[str, Any]
) -> HttpResponse:
    kind = Announcement.Kind(form.cleaned_data["purpose"])
    audience = Audience(desk.consortium, kind, chosen.contacts())
    receivers = audience.receivers().order_by("sort_key", "pk")
    found = list(receivers.values_list("given_names", "family_name", "email"))
    is_file = desk.request.POST.get("as") == "file"
    record_export(
        consortium=desk.consortium,
        what="addresses",
        layout="txt" if is_file else "page",
        filters={"kind": str(kind), **chosen.for_history()},
        count=len(found),
        by=desk.by,
    )
    lines = [_address(*row) for row in found]
    if is_file:
        return _file(desk, kind, lines)
    context |= {"count": len(lines), "left_out": chosen.contacts().count() - len(lines)}
    context["addresses"] = "\n".join(lines) if len(lines) <= MOST_ON_A_PAGE else ""
    return render(desk.request, "lead/addresses.html", context)


def _address(given: str, family: str, email: str) -> str:
    """As mail programs take it: `"Müller, Ines" <ines@uni.example>;`."""
    name = f"{given} {family}".strip().replace("\\", "").replace('"', "")
    return f'"{name}" <{email}>;' if name else f"{email};"


def _file(desk: Desk, kind: Announcement.Kind, lines: list[str]) -> HttpResponse:
    whole = "".join(f"{line}\r\n" for line in lines)
    response = HttpResponse(whole, content_type="text/plain; charset=utf-8")
    return attachment(response, f"addresses-{kind}-{desk.consortium.slug}", "txt")
