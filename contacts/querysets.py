"""How contacts, invitations and mails are read."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from members import text

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from contacts.models import Contact, Invitation, Mail, Profile, User


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self) -> Self:
        return self.filter(removed_at=None)

    def of(self, user: "User | AnonymousUser") -> Self:
        """The person's own current contacts, by the iD proved at sign-in (C4)."""
        return self.ever_of(user).current()

    def ever_of(self, user: "User | AnonymousUser") -> Self:
        """And what they were once, as long as it is kept (H7)."""
        orcid = getattr(user, "orcid", None)
        return self.filter(orcid=orcid) if orcid else self.none()

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Current contacts of the members the person may read."""
        members = apps.get_model("members", "Member").objects.visible_to(user)
        return self.current().filter(member__in=members.values("pk"))

    def with_signed_in(self) -> Self:
        """Annotate `has_signed_in`: whether the iD was proved here (an authenticated iD)."""
        users = apps.get_model("contacts", "User").objects
        return self.annotate(has_signed_in=Exists(users.filter(orcid=OuterRef("orcid"))))

    def signed_in(self) -> Self:
        return self.with_signed_in().filter(has_signed_in=True)

    def with_role(self, role: str) -> Self:
        assignments = apps.get_model("contacts", "RoleAssignment").objects
        return self.filter(pk__in=assignments.filter(role=role).values("contact"))

    def search(self, words: str) -> Self:
        """Every word in name, address, iD, or in the member's names."""
        found = self
        for word in text.search_key(words).split():
            found = found.filter(
                Q(search_key__contains=word) | Q(member__search_key__contains=word)
            )
        return found


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Not answered, not withdrawn; expired ones included: they can be sent again."""
        return self.filter(closed_at=None)

    def live(self) -> Self:
        return self.open().filter(expires_at__gt=timezone.now())


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self) -> Self:
        return self.filter(state="queued", due_at__lte=timezone.now())


class ProfileQuerySet(models.QuerySet["Profile"]):
    def public(self) -> Self:
        """Those that anybody may see: switched on, of people whose account is open."""
        return self.filter(is_public=True, user__is_active=True)
