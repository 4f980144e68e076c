"""The public directory as JSON."""

from django.db.models import Prefetch
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ReadOnlyModelViewSet

from members.filters import DirectoryApiFilter
from members.models import Member, Membership
from members.querysets import MemberQuerySet
from members.serializers import DirectoryMemberSerializer


class DirectoryViewSet(ReadOnlyModelViewSet[Member]):
    """Active organisations of the directory: public facts, ordered by id, in pages by cursor."""

    queryset = Member.objects.none()
    serializer_class = DirectoryMemberSerializer
    filterset_class = DirectoryApiFilter
    permission_classes = [AllowAny]
    authentication_classes = []
    lookup_field = "slug"

    def get_queryset(self) -> MemberQuerySet:
        today = Membership.objects.active().select_related("consortium")
        return Member.objects.public().prefetch_related(
            "identifiers", Prefetch("memberships", queryset=today)
        )
