"""The event feed: what changed, in the order in which it became visible (H3, H4)."""

from django.db.models import Max
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.base import PortalViewSet, find_member
from members.models import Event
from members.querysets import EventQuerySet
from members.serializers import EventPageSerializer, EventQuerySerializer, EventSerializer

MOST_AT_ONCE = 1000


class EventViewSet(PortalViewSet):
    tag = "events"
    queryset = Event.objects.none()
    serializer_class = EventPageSerializer
    pagination_class = None
    filter_backends = []

    @extend_schema(
        parameters=[EventQuerySerializer],
        responses=forced_singular_serializer(EventPageSerializer),  # type: ignore[no-untyped-call]  # untyped library
    )
    def list(self, request: Request) -> Response:
        """Changes after a cursor, oldest first.

        Begin with `after=0`, or leave it out; ask again with the `next` of the last answer, which is
        always given, also when nothing has happened. Who asks like this misses nothing. An event of
        kind `erased` names earlier events whose `personal` was emptied, in `changes.events`, and the
        contacts and people concerned: copies must forget them too.
        """
        asked = EventQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        # Looked at first: whatever is up to here is visible by now (H3), so what is not among the
        # answer is not this reader's, and need not be looked through again.
        head = Event.objects.aggregate(head=Max("pk"))["head"] or 0
        limit = min(given["limit"], MOST_AT_ONCE)
        events = list(self._asked_for(given)[:limit])
        last = events[-1].pk if events else 0
        cursor = last if len(events) == limit else max(given["after"], head, last)
        return Response({"results": EventSerializer(events, many=True).data, "next": cursor})

    def _asked_for(self, given: dict[str, object]) -> EventQuerySet:
        events = Event.objects.in_reach(self.by).filter(pk__gt=given["after"]).order_by("pk")
        if "member" in given:
            events = events.filter(member=find_member(self.by, str(given["member"])))
        if "kind" in given:
            events = events.filter(kind=given["kind"])
        return events.select_related("member", "consortium", "actor")
