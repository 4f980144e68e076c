"""Invitations: read across members, sent and withdrawn at one of them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.api.base import PeopleViewSet
from contacts.api.filters import InvitationApiFilter
from contacts.models import Invitation
from contacts.serializers import InvitationSerializer, NewInvitationSerializer
from contacts.services import invitations as service
from members.models import Member


class InvitationViewSet(ListModelMixin, PeopleViewSet):
    """Invitations in every state, ordered by id."""

    tag = "invitations"
    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    filterset_class = InvitationApiFilter

    def get_queryset(self) -> QuerySet[Invitation, Any]:
        members = Member.objects.in_reach(self.by)
        if "slug" in self.kwargs:
            members = members.filter(pk=self.member.pk)
        found = Invitation.objects.filter(member__in=members.values("pk"))
        return found.select_related("member")

    def retrieve(self, request: Request, slug: str, pk: int) -> Response:
        return self._answer(self._invitation(pk))

    @extend_schema(request=NewInvitationSerializer)
    def create(self, request: Request, slug: str) -> Response:
        """Mail a single-use link to an address for which no iD was found (C3)."""
        given = NewInvitationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = service.invite_contact(member_id=self.member.pk, by=self.by, **given.validated_data)
        answer = self._answer(made)
        answer.status_code = HTTPStatus.CREATED
        answer["Location"] = reverse("api:invitation", args=[self.member.slug, made.pk])
        return answer

    @extend_schema(request=None)
    def resend(self, request: Request, slug: str, pk: int) -> Response:
        """Mail a new link for a new period; the old link no longer works."""
        return self._deal_with(pk, service.resend_invitation)

    @extend_schema(request=None)
    def withdraw(self, request: Request, slug: str, pk: int) -> Response:
        """Close it; its link stops working."""
        return self._deal_with(pk, service.withdraw_invitation)

    def _deal_with(self, pk: int, act: Callable[..., Invitation]) -> Response:
        return self._answer(act(invitation_id=self._invitation(pk).pk, by=self.by))

    def _invitation(self, pk: int) -> Invitation:
        invitation: Invitation = get_object_or_404(self.get_queryset(), pk=pk)
        return invitation

    def _answer(self, invitation: Invitation) -> Response:
        return Response(self.get_serializer(invitation).data)
