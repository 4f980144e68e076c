"""What the pages of contacts share: the member in the address, and what one is there."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from contacts.forms._shared import ServiceForm, VersionedForm
from contacts.models import PROTECTED_ROLES, Contact
from contacts.permissions import Standing, standing
from members.actors import Actor
from members.errors import StaleVersion
from members.http import PortalRequest
from members.models import Member


@dataclass(frozen=True)
class Tools:
    """One request in one member's Tools: who asks, and what they may do there (read once)."""

    request: PortalRequest
    member: Member
    standing: Standing

    @property
    def by(self) -> Actor:
        user = self.request.user
        return Actor.lead(user) if self.standing.is_lead else Actor.contact(user)

    def render(
        self, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        base = {
            "member": self.member,
            "standing": self.standing,
            "protected_roles": PROTECTED_ROLES,
        }
        return render(self.request, f"contacts/{template}", base | context, status=status)

    def to(self, name: str, *args: object) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.url(name, *args))

    def url(self, name: str, *args: object) -> str:
        return reverse(f"tools:{name}", args=[self.member.slug, *args])

    def require_edit(self) -> None:
        if not self.standing.can_edit:
            raise PermissionDenied

    def contacts(self) -> list[Contact]:
        """Everybody current, in order: two queries, however many."""
        people = Contact.objects.current().filter(member=self.member).with_signed_in()
        return list(people.prefetch_related("role_assignments"))

    def contact(self, pk: int) -> Contact:
        """One current contact of the member in the address; any other is not there (A1)."""
        people = Contact.objects.current().filter(member=self.member).with_signed_in()
        return get_object_or_404(people.prefetch_related("role_assignments"), pk=pk)


def enter(request: HttpRequest, slug: str) -> Tools:
    """404 unless the person may see the member (A1)."""
    user = request.user
    member = get_object_or_404(Member.objects.visible_to(user), slug=slug)
    return Tools(request, member, standing(user, member))  # type: ignore[arg-type]  # signed in


def enter_to_edit(request: HttpRequest, slug: str) -> Tools:
    """The same for pages that only serve to change something: 403 for those who may only read."""
    tools = enter(request, slug)
    tools.require_edit()
    return tools


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: even an empty POST is one."""
    return request.POST if request.method == "POST" else None


def refused(form: ServiceForm, error: ValidationError | StaleVersion) -> dict[str, Any]:
    """Make the form say what the service raised; the context that goes with it (H2)."""
    if isinstance(error, StaleVersion):
        if isinstance(form, VersionedForm):
            form.renew_version(error)
        return {"stale": error}
    form.add_service_error(error)
    return {}


def status_of(context: dict[str, Any]) -> HTTPStatus:
    return HTTPStatus.CONFLICT if context.get("stale") else HTTPStatus.OK
