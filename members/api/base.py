"""What the endpoints behind sign-in share: who asks, how far they reach, versions as ETags (H2)."""

import re
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from members.actors import Actor
from members.models import FormerSlug, Member
from members.permissions import may_edit

# `W/` may be put there by a proxy that compresses: the version is the same.
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')
ANY_VERSION = "*"


class PreconditionRequired(APIException):
    """H2: whoever writes must say which version they have read."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = _("Send the version you have read: If-Match with the ETag of your last GET.")
    default_code = "precondition_required"


class PortalViewSet(GenericViewSet[Any]):
    """Finds who asks and, where the address names one, the member.

    Not in reach is 404, whatever the method; in reach but not to be changed is 403 (A1).
    """

    # No OPTIONS: what there is, the description says.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    by: Actor
    member: Member
    # Under which the API's description lists it.
    tag: str
    # Actions that change what has a version; read by the schema too.
    versioned: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.by = actor_of(request)
        if "slug" in kwargs:
            self.member = find_member(self.by, kwargs["slug"])
            if self.action and request.method not in SAFE_METHODS and not self.may_write():
                raise PermissionDenied

    def may_write(self) -> bool:
        """Whether anything of the member may be changed; the services judge again, under lock."""
        return may_edit(self.by, self.member)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization"])
        response.setdefault("Cache-Control", "private, no-store")
        return response


def actor_of(request: Request) -> Actor:
    """A token brings its actor; whoever has a session acts as the contact they are."""
    if isinstance(request.auth, Actor):
        return request.auth
    return Actor.contact(request.user)  # type: ignore[arg-type]  # signed in, or not let in


def find_member(by: Actor, slug: str) -> Member:
    """The member of that address, also a former one. Raises `Http404` when it is not in reach."""
    former = FormerSlug.objects.filter(slug=slug).values("member")
    found = Member.objects.in_reach(by).filter(Q(slug=slug) | Q(pk__in=former))
    # A present address counts more than another member's former one.
    member = min(found, key=lambda one: one.slug != slug, default=None)
    if member is None:
        raise Http404
    return member


def read_version(request: Request, current: int) -> int:
    """The version in `If-Match`. Raises `PreconditionRequired` when there is none.

    One that could not have been ours is 0: it was never current, so it is stale.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired
    if given == ANY_VERSION:
        return current
    versions = [int(version) for version in _TAG.findall(given)]
    return current if current in versions else max(versions, default=0)


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
