"""A member asks researchers for permission, and sees how it stands (O2)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.letters import consortium_of, letterhead, write
from integrations.works.forms.permissions import REASONS, AskForm
from integrations.works.models import PermissionRequest
from integrations.works.services import asking as service
from integrations.works.switches import switches
from integrations.works.views.researchers import Room, enter
from members.http import PortalRequest, saying
from members.paging import paginate, total_in_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: PortalRequest, slug: str) -> HttpResponse:
    """The form; then the mail as it arrives; then, with a second press, it goes."""
    room = enter(request, slug, to_edit=True)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _writing(room, form)
    if "send" not in request.POST:
        return _preview(room, form)
    try:
        asked = service.ask(member_id=room.member.pk, by=room.by, **form.asked)
    except ValidationError as error:
        form.add_service_error(error)
        return _writing(room, form)
    _tell(request, asked)
    return room.to("permission_requests")


def _writing(room: Room, form: AskForm) -> HttpResponse:
    context = {"member": room.member, "form": form, "switches": switches()}
    return render(room.request, "works/ask.html", context)


def _preview(room: Room, form: AskForm) -> HttpResponse:
    """What the first of them gets; the link leads nowhere yet."""
    row = form.as_request(member=room.member, expires_at=service.expires(timezone.now()))
    consortium = consortium_of(room.member)
    letter = write(
        "permission_asked",
        letterhead(consortium, room.member)
        | {"first_mail": True}
        | service.letter_context(row, room.request.user, _("(the person’s own link)")),
    )
    context: dict[str, Any] = {"member": room.member, "form": form, "text": letter.text}
    context["emails"] = form.cleaned_data["emails"]
    context["outside"] = _outside(room, context["emails"])
    return render(room.request, "works/ask_preview.html", context)


def _outside(room: Room, emails: list[str]) -> list[str]:
    """Addresses that lie outside the member's e-mail domains, where it lists any (C7)."""
    domains = list(room.member.email_domains.all())
    if not domains:
        return []
    return [email for email in emails if not any(domain.covers(email) for domain in domains)]


def _tell(request: PortalRequest, asked: service.Asked) -> None:
    if count := len(asked.sent):
        text = ngettext(
            "%(count)s person is asked by mail.", "%(count)s people are asked by mail.", count
        )
        messages.success(request, text % {"count": total_in_words(count)})
    for email, reason in asked.left_out:
        words = {"email": email, "reason": str(REASONS[reason])}
        messages.warning(request, _("Not asked: %(email)s %(reason)s.") % words)


@require_safe
@never_cache
def permission_requests(request: PortalRequest, slug: str) -> HttpResponse:
    """Everybody who was asked, and what became of it."""
    room = enter(request, slug)
    rows = PermissionRequest.objects.filter(member=room.member)
    rows = rows.select_related("person", "sent_by", "mail").order_by("-sent_at", "-pk")
    context = {"member": room.member, "can_edit": room.can_edit}
    context["page"] = paginate(rows, request.GET.get("page"))
    return render(request, "works/permission_requests.html", context)


@require_POST
def permission_resend(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    sent = _("A new link is on its way to %(email)s; the old one no longer works.")
    return _deal_with(request, slug, pk, service.ask_again, sent)


@require_POST
def permission_withdraw(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    withdrawn = _("The request to %(email)s is withdrawn; its link no longer works.")
    return _deal_with(request, slug, pk, service.withdraw, withdrawn)


def _deal_with(
    request: PortalRequest, slug: str, pk: int, act: Callable[..., PermissionRequest], done: str
) -> HttpResponse:
    room = enter(request, slug, to_edit=True)
    row = get_object_or_404(PermissionRequest, member=room.member, pk=pk)
    with saying(request, done % {"email": row.email}):
        act(request_id=row.pk, by=room.by)
    return room.to("permission_requests")
