"""A member's identifiers."""

from http import HTTPStatus

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.base import PortalViewSet
from members.models import Identifier
from members.serializers import MemberIdentifierSerializer, NewIdentifierSerializer
from members.services import identifiers as service


class IdentifierViewSet(ListModelMixin, PortalViewSet):
    """The member's ids in ROR, Crossref Funder ID, GRID, Ringgold, ISNI and LEI."""

    tag = "identifiers"
    queryset = Identifier.objects.none()
    serializer_class = MemberIdentifierSerializer

    def get_queryset(self) -> QuerySet[Identifier]:
        return Identifier.objects.filter(member=self.member)

    def retrieve(self, request: Request, slug: str, pk: int) -> Response:
        return self._answer(self._identifier(pk))

    @extend_schema(request=NewIdentifierSerializer)
    def create(self, request: Request, slug: str) -> Response:
        """Add an identifier; the first of its scheme becomes the preferred one."""
        given = NewIdentifierSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = service.add_identifier(member_id=self.member.pk, by=self.by, **given.validated_data)
        address = reverse("api:identifier", args=[self.member.slug, made.pk])
        answer = self._answer(made)
        answer.status_code, answer["Location"] = HTTPStatus.CREATED, address
        return answer

    @extend_schema(request=None)
    def prefer(self, request: Request, slug: str, pk: int) -> Response:
        """Make it the preferred one of its scheme."""
        identifier = self._identifier(pk)
        return self._answer(
            service.prefer_identifier(
                member_id=self.member.pk, identifier_id=identifier.pk, by=self.by
            )
        )

    def destroy(self, request: Request, slug: str, pk: int) -> Response:
        """Remove it; if it was preferred, the one added first takes its place."""
        identifier = self._identifier(pk)
        service.remove_identifier(member_id=self.member.pk, identifier_id=identifier.pk, by=self.by)
        return Response(status=HTTPStatus.NO_CONTENT)

    def _identifier(self, pk: int) -> Identifier:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _answer(self, identifier: Identifier) -> Response:
        return Response(self.get_serializer(identifier).data)
