"""Members as those see them who may: all they keep here, and changing it."""

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.base import PortalViewSet, etag, read_version
from members.filters import MemberApiFilter
from members.models import Member, Membership
from members.querysets import MemberQuerySet
from members.serializers import InformationSerializer, MemberSerializer
from members.services.information import edit_information


def with_details(members: MemberQuerySet) -> MemberQuerySet:
    periods = Membership.objects.select_related("consortium").order_by("start", "pk")
    return members.prefetch_related(
        "identifiers", "email_domains", Prefetch("memberships", queryset=periods)
    )


class MemberViewSet(ListModelMixin, PortalViewSet):
    """The members in reach: one's own, or those of the consortium. Ordered by id."""

    tag = "members"
    queryset = Member.objects.none()
    serializer_class = MemberSerializer
    filterset_class = MemberApiFilter
    versioned = frozenset({"partial_update"})

    def get_queryset(self) -> MemberQuerySet:
        return with_details(Member.objects.in_reach(self.by))

    def retrieve(self, request: Request, slug: str) -> Response:
        """One member; an address from before it was renamed is good too."""
        return self._answer()

    @extend_schema(request=InformationSerializer)
    def partial_update(self, request: Request, slug: str) -> Response:
        """Change the member's information; fields that are left out stay as they are."""
        version = read_version(request, self.member.version)
        given = InformationSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        edit_information(
            member_id=self.member.pk, version=version, by=self.by, **given.validated_data
        )
        return self._answer()

    def _answer(self) -> Response:
        member = with_details(Member.objects.all()).get(pk=self.member.pk)
        return Response(self.get_serializer(member).data, headers=etag(member.version))
