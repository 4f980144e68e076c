"""`/mailbox/`: what the SMTP sink has received."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from integrations.sandbox.control.guard import control
from integrations.sandbox.mailbox import parts
from integrations.sandbox.models import Message

PAGE = 50
# The mail is shown, never run; its pictures would come from the internet.
HTML_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "DELETE"])
def inbox(request: HttpRequest) -> HttpResponse:
    if request.method == "DELETE":
        return empty(request)
    page = Paginator(chosen(request), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "to": request.GET.get("to", "")}
    return render(request, "sandbox/mailbox.html", context)


@control("DELETE")
def empty(_request: HttpRequest) -> HttpResponse:
    Message.objects.all().delete()
    return HttpResponse(status=204)


@never_cache
@require_safe
def messages_json(request: HttpRequest) -> JsonResponse:
    """Newest first, like the page."""
    return JsonResponse({"messages": [parts.read(item).as_json() for item in chosen(request)]})


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    mail = parts.read(get_object_or_404(Message, pk=pk))
    return render(request, "sandbox/message.html", {"mail": mail, "message": mail.message})


@xframe_options_sameorigin
@require_safe
def message_html(_request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part as a document of its own, for the frame in the message page."""
    mail = parts.read(get_object_or_404(Message, pk=pk))
    return HttpResponse(mail.html, headers={"Content-Security-Policy": HTML_POLICY})


def chosen(request: HttpRequest) -> QuerySet[Message]:
    """All messages, or those to `?to=`: a whole address, or a piece of one."""
    messages = Message.objects.prefetch_related("recipients")
    to = request.GET.get("to", "").strip().lower()
    if not to:
        return messages
    local, _, domain = to.partition("@")
    if local and domain:
        return messages.filter(recipients__address=to).distinct()
    return messages.filter(recipients__address__contains=to).distinct()
