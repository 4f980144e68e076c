"""Announcements on the lead desk: the list, writing one, and its own page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.announcement_letters import letter_to
from contacts.audience import audience_of, filter_of, kept
from contacts.filters import ContactFilter
from contacts.forms.announcements import AnnouncementForm
from contacts.http import Desk, enter_desk, enter_desk_to_manage
from contacts.models import Announcement, Contact, Mail
from contacts.services import announcements as service
from contacts.views._shared import refused, status_of
from members.errors import StaleVersion
from members.http import render_page_or_part
from members.paging import paginate, read_key

State = Announcement.State


@require_safe
def announcements(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk(request, consortium)
    found = Announcement.objects.filter(consortium=desk.consortium).select_related("created_by")
    page = paginate(found, request.GET.get("page"))
    counted = _counted([one.pk for one in page.items])
    rows = [{"announcement": one, **_progress(counted.get(one.pk, {}))} for one in page.items]
    context = {"consortium": desk.consortium, "desk": desk, "page": page, "rows": rows}
    return render(request, "lead/announcements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_new(request: HttpRequest, consortium: str) -> HttpResponse:
    """A new draft; its audience may come from the contact list, in the address."""
    desk = enter_desk_to_manage(request, consortium)
    if request.method != "POST":
        chosen = ContactFilter(request.GET, consortium=desk.consortium)
        return _writing(desk, AnnouncementForm(), chosen)
    return _write(desk, None)


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_edit(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    announcement = announcement_of(desk, pk)
    if announcement.state not in service.OPEN_STATES:
        messages.warning(request, _("It has been sent, and cannot be changed any more."))
        return redirect("lead:announcement", consortium, pk)
    if request.method != "POST":
        chosen = filter_of(announcement.audience, desk.consortium)
        form = AnnouncementForm(announcement=announcement)
        return _writing(desk, form, chosen, announcement=announcement)
    return _write(desk, announcement)


def _write(desk: Desk, announcement: Announcement | None) -> HttpResponse:
    request = desk.request
    form = AnnouncementForm(request.POST)
    chosen = ContactFilter(request.POST, consortium=desk.consortium)
    if "preview" in request.POST or not (form.is_valid() and chosen.is_valid()):
        return _writing(desk, form, chosen, announcement=announcement)
    given: dict[str, Any] = {**form.written, "audience": kept(chosen), "by": desk.by}
    try:
        if announcement is None:
            saved = service.write_announcement(consortium_id=desk.consortium.pk, **given)
        else:
            version = form.cleaned_data["version"]
            saved = service.edit_announcement(
                announcement_id=announcement.pk, version=version, **given
            )
    except (StaleVersion, ValidationError) as error:
        context = refused(form, error)
        return _writing(desk, form, chosen, announcement=announcement, **context)
    messages.success(request, _("The draft is saved. Nothing has been sent."))
    return redirect("lead:announcement", desk.consortium.slug, saved.pk)


def _writing(
    desk: Desk,
    form: AnnouncementForm,
    chosen: ContactFilter,
    *,
    announcement: Announcement | None = None,
    **context: Any,
) -> HttpResponse:
    if announcement is not None and context.get("stale"):
        announcement.refresh_from_db()
    page = {
        "consortium": desk.consortium,
        "desk": desk,
        "form": form,
        "chosen": chosen,
        "announcement": announcement,
        **_preview(desk, form.as_typed()),
        **context,
    }
    status = status_of(context)
    return render(desk.request, "lead/announcement_write.html", page, status=status)


@require_POST
def announcement_preview(request: HttpRequest, consortium: str) -> HttpResponse:
    """The part of the writing page that shows the mail, as it is being typed (htmx)."""
    desk = enter_desk_to_manage(request, consortium)
    preview = _preview(desk, AnnouncementForm(request.POST).as_typed())
    context = {"consortium": desk.consortium, **preview}
    return render(request, "lead/_announcement_preview.html", context)


def _preview(desk: Desk, typed: dict[str, str]) -> dict[str, Any]:
    """The mail as the person who writes it would get it; empty while there is nothing."""
    own = Contact.objects.of(desk.request.user).filter(member=desk.consortium.lead_id)
    contact = own.select_related("member").first()
    if contact is None or not typed["body"].strip():
        return {"preview": None}
    if typed["kind"] not in Announcement.Kind.values:
        typed = {**typed, "kind": Announcement.Kind.OFFICIAL}
    announcement = Announcement(consortium=desk.consortium, **typed)
    return {
        "preview": {
            **typed,
            "text": letter_to(contact, announcement, desk.consortium).text,
            "member": contact.member,
            "sender": settings.DEFAULT_FROM_EMAIL,
            "helpdesk": desk.consortium.helpdesk_email or settings.HELPDESK_EMAIL,
        }
    }


@require_safe
def announcement(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """One announcement; for htmx its progress alone, every other second while it is being sent."""
    desk = enter_desk(request, consortium)
    found = announcement_of(desk, pk)
    context: dict[str, Any] = {"consortium": desk.consortium, "desk": desk, "announcement": found}
    context |= _progress(_counted([found.pk]).get(found.pk, {}))
    if not request.htmx:  # type: ignore[attr-defined]  # its middleware saw to it
        context |= _about(found) | _preview(desk, _written(found))
    part = "lead/_announcement_progress.html"
    return render_page_or_part(request, "lead/announcement.html", part, context)


@require_POST
def announcement_discard(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    found = announcement_of(desk, pk)
    version = read_key(request.POST.get("version")) or 0
    try:
        service.discard_announcement(announcement_id=found.pk, version=version, by=desk.by)
    except StaleVersion:
        messages.warning(request, _("It has been changed meanwhile. Look at it again first."))
        return redirect("lead:announcement", consortium, pk)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("lead:announcement", consortium, pk)
    messages.success(request, _("The draft is thrown away."))
    return redirect("lead:announcements", consortium)


def announcement_of(desk: Desk, pk: int) -> Announcement:
    found = Announcement.objects.select_related("consortium", "created_by", "sent_by")
    return get_object_or_404(found, consortium=desk.consortium, pk=pk)


def _written(announcement: Announcement) -> dict[str, str]:
    return {name: getattr(announcement, name) for name in ("kind", "subject", "body")}


def _about(announcement: Announcement) -> dict[str, Any]:
    """To whom, in words, and while it can still be sent how many that are."""
    about: dict[str, Any] = {"audience": audience_in_words(announcement), "receivers": None}
    if announcement.state in {*service.OPEN_STATES, State.SCHEDULED}:
        try:
            about["receivers"] = audience_of(announcement).receivers().count()
        except ValidationError as error:
            about["audience_problem"] = error.messages[0]
    return about


def audience_in_words(announcement: Announcement) -> list[str]:
    return in_words(filter_of(announcement.audience, announcement.consortium))


def in_words(chosen: ContactFilter) -> list[str]:
    """What narrows a selection, as the contact list calls it."""
    said: list[str] = []
    for name, value in chosen.chosen().items():
        labels = dict(getattr(chosen.fields[name], "choices", []))
        values = value if isinstance(value, list) else [value]
        said += [str(labels.get(one, one)) for one in values]
    return said


def _counted(keys: list[int]) -> dict[int, dict[str, int]]:
    """The deliveries of each by their state: one query."""
    found: dict[int, dict[str, int]] = {}
    rows = Mail.objects.filter(announcement__in=keys).order_by()
    for key, state, number in rows.values_list("announcement", "state").annotate(Count("pk")):
        found.setdefault(key, {})[state] = number
    return found


def _progress(by_state: dict[str, int]) -> dict[str, Any]:
    number = {state: by_state.get(state, 0) for state in Mail.State.values}
    waiting = number[Mail.State.QUEUED] + number[Mail.State.SENDING]
    total = sum(number.values())
    return {"number": number, "waiting": waiting, "total": total, "done": total - waiting}
