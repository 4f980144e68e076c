"""A person's inbox: what organisations have changed on the record, and who asks for permission."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from integrations.sandbox.models import Notice, Person
from integrations.sandbox.web.session import signed_in_only
from integrations.sandbox.web.works_shown import safe_url

PAGE = 30
DONE = {
    "archived": "The message has been archived.",
    "requests": "Whether organisations may ask you for permission has been changed.",
}


@dataclass(frozen=True)
class Shown:
    notice: Notice

    @property
    def heading(self) -> str:
        if self.notice.kind == Notice.Kind.PERMISSION:
            asks = f"{self.notice.client.name} asks for permission"
            return f"{asks}: {self.notice.subject}" if self.notice.subject else asks
        count = len(self.notice.items)
        what = "an item" if count == 1 else f"{count} items"
        return f"{self.notice.client.name} {Notice.Action(self.notice.action).label} {what}"

    @property
    def is_request(self) -> bool:
        return self.notice.kind == Notice.Kind.PERMISSION

    @property
    def address(self) -> str:
        return safe_url(str(self.notice.authorization.get("uri") or ""))

    @property
    def items(self) -> list[tuple[str, str]]:
        return [
            (str(item.get("item-type")).replace("-", " "), str(item.get("item-name")))
            for item in self.notice.items
        ]


@require_safe
@signed_in_only
def inbox(request: HttpRequest, person: Person) -> HttpResponse:
    """What is shown counts as read from then on."""
    mine = Notice.objects.filter(person=person, archived_at=None).select_related("client")
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    notices = list(page.object_list)
    unread = [notice.pk for notice in notices if notice.read_at is None]
    Notice.objects.filter(pk__in=unread).update(read_at=timezone.now())
    context = {
        "page": page,
        "notices": [Shown(notice) for notice in notices],
        "takes_requests": person.takes_requests,
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "sandbox/inbox.html", context)


@require_POST
@signed_in_only
def archive(_request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notice, person=person, pk=pk)
    notice.archived_at = timezone.now()
    notice.save(update_fields=["archived_at"])
    return HttpResponseRedirect("/inbox?done=archived")


@require_POST
@signed_in_only
def requests(request: HttpRequest, person: Person) -> HttpResponse:
    person.takes_requests = request.POST.get("take") == "yes"
    person.save(update_fields=["takes_requests"])
    return HttpResponseRedirect("/inbox?done=requests")
