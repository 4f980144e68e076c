"""Grants: what a person lets an institution do with their connection (rule O2)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models import User
from integrations.works.querysets import GrantQuerySet
from members.models import Member


class Grant(models.Model):
    """One of the three switches of a person at one member: on, or on once (O2).

    Only the person switches it on. It ends when the person, the member, institutional sign-in or the
    end of the membership says so; then the row stays, and so does what is on the record.
    """

    class Purpose(models.TextChoices):
        PUSH = "push", _("Push public works to their record")
        LIST = "list", _("Let staff add their ORCID works")
        DRAFT = "draft", _("Make drafts from their new ORCID works")

    class Ended(models.TextChoices):
        PERSON = "person", _("by the person")
        MEMBER = "member", _("by the institution: no longer with it")
        SIGN_IN = "sign_in", _("by institutional sign-in: no longer with it")
        MEMBERSHIP = "membership", _("the institution is no longer a member")

    # The same, said by the person; the labels are for the institution's staff.
    OWN_WORDS: ClassVar[dict[str, Promise]] = {
        Purpose.PUSH: _("Push the institution’s public works to my record"),
        Purpose.LIST: _("Let staff add my ORCID works there"),
        Purpose.DRAFT: _("Make drafts from my new ORCID works"),
    }

    person = models.ForeignKey(User, models.PROTECT, related_name="grants")
    member = models.ForeignKey(Member, models.PROTECT, related_name="grants")
    purpose = models.CharField(max_length=10, choices=Purpose)
    given_at = models.DateTimeField(default=timezone.now)
    # The member asked the person, who agreed. The request itself is forgotten sooner (H7).
    was_asked = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=10, choices=Ended, blank=True)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "member", "purpose"],
                condition=Q(ended_at=None),
                name="grant_one_current_per_purpose",
            ),
            models.CheckConstraint(
                name="grant_ended_by_somebody",
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
            models.CheckConstraint(
                name="grant_purpose_known", condition=Q(purpose__in=["push", "list", "draft"])
            ),
        ]
        indexes = [models.Index(fields=["member", "person"], name="grant_by_member")]
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.member_id})"

    @property
    def in_own_words(self) -> str:
        return str(self.OWN_WORDS[self.purpose])

    @property
    def how_it_ended(self) -> str:
        """Said to the person whose permission it was."""
        words = {
            self.Ended.PERSON: _("ended by you"),
            self.Ended.MEMBER: _("ended by the institution: you are no longer with it"),
            self.Ended.SIGN_IN: _("ended by institutional sign-in: you are no longer with it"),
            self.Ended.MEMBERSHIP: _("ended: the institution is no longer a member"),
        }
        return str(words[self.Ended(self.ended_by)]) if self.ended_by else ""
