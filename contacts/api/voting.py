"""Who votes for each member, now or on a day in the past (R4)."""

import datetime

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.serializers import VoterQuerySerializer, VoterSerializer
from contacts.voting_history import voters_now, voters_on
from members.api.base import PortalViewSet
from members.dates import today
from members.filters import MemberApiFilter
from members.models import Member
from members.querysets import MemberQuerySet


class VoterViewSet(PortalViewSet):
    """The members in reach, each with its effective voting contact. Ordered by the member's id."""

    tag = "contacts"
    queryset = Member.objects.none()
    serializer_class = VoterSerializer
    filterset_class = MemberApiFilter

    def get_queryset(self) -> MemberQuerySet:
        return Member.objects.in_reach(self.by)

    @extend_schema(parameters=[VoterQuerySerializer])
    def list(self, request: Request) -> Response:
        day = self._day(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        keys = [member.pk for member in page]
        voters = voters_on(keys, day) if day else voters_now(keys)
        context = {**self.get_serializer_context(), "voters": voters}
        data = VoterSerializer(page, many=True, context=context).data
        return self.get_paginated_response(data)

    def _day(self, request: Request) -> datetime.date | None:
        asked = VoterQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        day: datetime.date | None = asked.validated_data.get("on")
        if day and day > today():
            raise ValidationError({"on": [_("That day is still to come.")]})
        return day
