"""Consortia and the organisations that belong to them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from members import text
from members.querysets import ConsortiumQuerySet, MemberQuerySet


class Consortium(models.Model):
    """A group of members, led by one of them: its lead (none until one is named)."""

    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=80, unique=True)
    lead = models.ForeignKey("Member", models.PROTECT, null=True, blank=True, related_name="leads")
    helpdesk_email = models.EmailField(
        blank=True, help_text=_("Where people who cannot help themselves are sent.")
    )
    reply_to_email = models.EmailField(
        blank=True, help_text=_("Answers to mails of the portal go here.")
    )
    privacy_notice = models.TextField(
        blank=True, help_text=_("Shown on its own page; light formatting (Markdown).")
    )
    # A5: managers of the desk may name a new Main for a member whose Main cannot act.
    lead_may_recover = models.BooleanField(default=False)
    # The month in which a confirmation round starts by itself; none: only by hand.
    round_month = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "consortia"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """An organisation. Its status follows from its membership periods."""

    class Community(models.TextChoices):
        ASSOCIATION = "association", _("Association")
        FUNDER = "funder", _("Funder")
        GOVERNMENT = "government", _("Government")
        OTHER = "other", _("Other")
        PUBLISHER = "publisher", _("Publisher")
        REPOSITORY = "repository", _("Repository/Profile Org")
        RESEARCH = "research", _("Research Institute")

    class Trademark(models.TextChoices):
        YES = "yes", _("Yes, the logo may be shown publicly")
        NO = "no", _("No, do not show the logo publicly")
        UNANSWERED = "unanswered", _("Not answered yet")

    slug = models.SlugField(max_length=120, unique=True)
    legal_name = models.CharField(max_length=255)
    display_name = models.CharField(_("public display name"), max_length=255)
    # Derived in save(): order and search work the same on every database.
    sort_key = models.CharField(max_length=600, editable=False, db_index=True)
    search_key = models.CharField(max_length=1300, editable=False)
    website = models.URLField(max_length=2000, blank=True)
    public_email = models.EmailField(blank=True)
    description = models.TextField(blank=True, validators=[MaxLengthValidator(5000)])
    community = models.CharField(max_length=20, choices=Community)
    country = CountryField()
    street = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    logo = models.ImageField(upload_to="logos/", blank=True)
    trademark_permission = models.CharField(
        max_length=10, choices=Trademark, default=Trademark.UNANSWERED
    )
    trademark_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    trademark_answered_at = models.DateTimeField(null=True, blank=True)
    # A3: the Main has switched on that managers of the lead desk may change contacts.
    lead_may_manage_contacts = models.BooleanField(default=False)
    # When somebody in charge last said that contacts and information are right, and who.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Set when the operator merged this one into another; it then has no membership any more.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    # H2: counts the changes of this row; a form that was read earlier is told so.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(name="member_legal_name_given", condition=~Q(legal_name="")),
            models.CheckConstraint(name="member_display_name_given", condition=~Q(display_name="")),
            models.CheckConstraint(
                name="member_community_known",
                condition=Q(
                    community__in=[
                        "association",
                        "funder",
                        "government",
                        "other",
                        "publisher",
                        "repository",
                        "research",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="member_trademark_answer_complete",
                condition=Q(trademark_permission="unanswered", trademark_answered_at=None)
                | (~Q(trademark_permission="unanswered") & Q(trademark_answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = text.sort_key(self.display_name)
        self.search_key = text.search_key(f"{self.display_name} {self.legal_name}")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Its page in Member Tools."""
        return reverse("tools:overview", args=[self.slug])

    @property
    def logo_is_public(self) -> bool:
        return bool(self.logo) and self.trademark_permission == self.Trademark.YES

    @property
    def initial(self) -> str:
        return text.initial(self.display_name)


class FormerSlug(models.Model):
    """An address a member had before it was renamed or merged: it leads on."""

    slug = models.SlugField(max_length=120, unique=True)
    member = models.ForeignKey(Member, models.CASCADE, related_name="former_slugs")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
