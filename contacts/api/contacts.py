"""Contacts: read across members, and changed at one of them by the same services as the pages."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.api.base import PeopleViewSet
from contacts.api.filters import ContactApiFilter
from contacts.models import Contact, Role
from contacts.permissions import standing_of
from contacts.serializers import (
    ContactChangeSerializer,
    ContactSerializer,
    FindingSerializer,
    HandOverSerializer,
    LookUpSerializer,
    NewContactSerializer,
    RolesSerializer,
)
from contacts.services import roles as role_service
from contacts.services.adding import add_contact
from contacts.services.editing import edit_contact
from contacts.services.finding import look_up
from contacts.services.leaving import remove_contact
from contacts.voting import voter_keys
from members.api.base import etag, read_version
from members.models import Member


class ContactViewSet(PeopleViewSet):
    """Current contacts, ordered by id."""

    tag = "contacts"
    queryset = Contact.objects.none()
    serializer_class = ContactSerializer
    filterset_class = ContactApiFilter
    versioned = frozenset({"partial_update", "set_roles", "destroy"})

    def get_queryset(self) -> QuerySet[Contact, Any]:
        members = Member.objects.in_reach(self.by)
        if "slug" in self.kwargs:
            members = members.filter(pk=self.member.pk)
        people = Contact.objects.current().filter(member__in=members.values("pk"))
        return people.with_signed_in().select_related("member").prefetch_related("role_assignments")

    def list(self, request: Request, slug: str = "") -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._data(page or [], many=True))

    def retrieve(self, request: Request, slug: str, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewContactSerializer)
    def create(self, request: Request, slug: str) -> Response:
        """Add a person whom a look-up has found; they are told by mail (C2)."""
        given = self._given(NewContactSerializer)
        contact = add_contact(member_id=self.member.pk, by=self.by, **given)
        answer = self._answer(contact.pk)
        answer.status_code = HTTPStatus.CREATED
        answer["Location"] = reverse("api:contact", args=[self.member.slug, contact.pk])
        return answer

    @extend_schema(request=ContactChangeSerializer)
    def partial_update(self, request: Request, slug: str, pk: int) -> Response:
        """Change details. A new e-mail address takes effect when its owner has proved it (C6)."""
        contact = self._contact(pk)
        version = read_version(request, contact.version)
        given = self._given(ContactChangeSerializer)
        # Left out, the address stays, and so does one that waits for its owner.
        given.setdefault("email", contact.pending_email or contact.email)
        edit_contact(contact_id=contact.pk, version=version, by=self.by, **given)
        return self._answer(pk)

    @extend_schema(request=RolesSerializer)
    def set_roles(self, request: Request, slug: str, pk: int) -> Response:
        """Give the contact exactly these roles."""
        contact = self._contact(pk)
        version = read_version(request, contact.version)
        roles = self._given(RolesSerializer)["roles"]
        role_service.set_roles(contact_id=contact.pk, version=version, roles=roles, by=self.by)
        return self._answer(pk)

    def destroy(self, request: Request, slug: str, pk: int) -> Response:
        """Take somebody else off the list. Oneself one leaves on the page, where a successor is
        asked for."""
        contact = self._contact(pk)
        version = read_version(request, contact.version)
        remove_contact(contact_id=contact.pk, version=version, by=self.by)
        return Response(status=HTTPStatus.NO_CONTENT)

    @extend_schema(request=HandOverSerializer)
    def hand_over(self, request: Request, slug: str) -> Response:
        """Pass a protected role to another contact in one step; answers with that contact."""
        given = self._given(HandOverSerializer)
        if not standing_of(self.by, self.member).can_manage_protected_roles:
            raise PermissionDenied  # before the contact is looked for
        to = self._contact(given["to"])
        role_service.hand_over(
            member_id=self.member.pk, role=Role(given["role"]), to_id=to.pk, by=self.by
        )
        return self._answer(to.pk)

    @extend_schema(
        request=LookUpSerializer, responses={HTTPStatus.OK: OpenApiResponse(FindingSerializer)}
    )
    def look_up(self, request: Request, slug: str) -> Response:
        """Look for the iD of an e-mail address, the first step to add a contact (C2). Recorded."""
        email = self._given(LookUpSerializer)["email"]
        finding = look_up(member_id=self.member.pk, email=email, by=self.by)
        return Response(FindingSerializer(finding).data)

    def _given(self, serializer: type[Any]) -> dict[str, Any]:
        given = serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _contact(self, pk: int) -> Contact:
        contact: Contact = get_object_or_404(self.get_queryset(), pk=pk)
        return contact

    def _answer(self, pk: int) -> Response:
        contact = self._contact(pk)
        return Response(self._data(contact), headers=etag(contact.version))

    def _data(self, contacts: Collection[Contact] | Contact, *, many: bool = False) -> Any:
        several = contacts if isinstance(contacts, Collection) else [contacts]
        voters = voter_keys({contact.member_id for contact in several})
        context = {**self.get_serializer_context(), "voters": voters}
        return ContactSerializer(contacts, many=many, context=context).data  # type: ignore[arg-type]  # one or many
