"""How lists of people are narrowed in the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact, Invitation, Role
from contacts.querysets import ContactQuerySet, InvitationQuerySet
from contacts.voting import is_voter
from integrations.orcid.ids import parse_orcid


class ContactApiFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    search = django_filters.CharFilter(
        method="by_words", max_length=200, label=_("Words in name, e-mail, iD or member.")
    )
    member = django_filters.CharFilter("member__slug", max_length=120, label=_("Slug of a member."))
    role = django_filters.ChoiceFilter(method="by_role", choices=Role.choices)
    orcid = django_filters.CharFilter(
        method="by_orcid", max_length=200, label=_("An ORCID iD, bare or as its address.")
    )
    email = django_filters.CharFilter("email", lookup_expr="iexact", max_length=254)
    authenticated = django_filters.BooleanFilter(
        "has_signed_in", label=_("Whether the owner of the iD has signed in here.")
    )
    votes = django_filters.BooleanFilter(
        method="by_vote", label=_("Whether it is the effective voting contact.")
    )

    class Meta:
        model = Contact
        fields: list[str] = []

    def by_words(self, found: ContactQuerySet, name: str, words: str) -> ContactQuerySet:
        return found.search(words)

    def by_role(self, found: ContactQuerySet, name: str, role: str) -> ContactQuerySet:
        return found.with_role(role)

    def by_orcid(self, found: ContactQuerySet, name: str, given: str) -> ContactQuerySet:
        orcid = parse_orcid(given)
        return found.filter(orcid=orcid) if orcid else found.none()

    def by_vote(self, found: ContactQuerySet, name: str, votes: Any) -> ContactQuerySet:
        return found.filter(is_voter()) if votes else found.exclude(is_voter())


class InvitationApiFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    member = django_filters.CharFilter("member__slug", max_length=120, label=_("Slug of a member."))
    email = django_filters.CharFilter("email", lookup_expr="iexact", max_length=254)
    status = django_filters.ChoiceFilter(method="by_status", choices=Invitation.Status.choices)

    class Meta:
        model = Invitation
        fields: list[str] = []

    def by_status(
        self, found: InvitationQuerySet, name: str, status: str
    ) -> QuerySet[Invitation, Any]:
        now = timezone.now()
        match status:
            case Invitation.Status.DRAFT:
                return found.filter(closed_at=None, sent_at=None)
            case Invitation.Status.OPEN:
                return found.filter(closed_at=None, expires_at__gt=now)
            case Invitation.Status.EXPIRED:
                return found.filter(closed_at=None, expires_at__lte=now)
            case _:
                return found.filter(outcome=status)
