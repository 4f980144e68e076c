"""An institution's works, who wrote them, how it deals with them, and who keeps them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import User
from integrations.orcid.ids import validate_orcid
from integrations.works.models.content import WorkContent
from integrations.works.models.grants import Grant
from integrations.works.models.works import Work
from integrations.works.querysets import KeeperQuerySet, MemberWorkQuerySet
from members.models import Member


class MemberWork(WorkContent):
    """A publication or other output that a member keeps, in one of three states."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        VALIDATED = "validated", _("Validated")
        # May be written to the records of its authors, where they let the member (O2).
        PUBLIC = "public", _("Public")

    class Origin(models.TextChoices):
        FORM = "form", _("Typed here")
        FILE = "file", _("From a file")
        RESEARCHER = "researcher", _("Added by a researcher")
        ORCID = "orcid", _("From an ORCID record")

    member = models.ForeignKey(Member, models.PROTECT, related_name="works")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.FORM)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The work of a person's list that the draft was made of, while that is there.
    made_from = models.ForeignKey(
        Work, models.SET_NULL, null=True, blank=True, related_name="drafts"
    )
    # A researcher asks that it be looked at and made public.
    asked_at = models.DateTimeField(null=True, blank=True)
    people: "models.ManyToManyField[User, Authorship]" = models.ManyToManyField(
        User, through="Authorship", related_name="member_works"
    )

    objects: ClassVar[models.Manager["MemberWork"]] = MemberWorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="member_work_state_known",
                condition=Q(state__in=["draft", "validated", "public"]),
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-published", "-id"], name="member_work_by_date"),
            models.Index(fields=["member", "sort_key", "id"], name="member_work_by_title"),
            models.Index(fields=["member", "state"], name="member_work_by_state"),
            models.Index(
                fields=["member"],
                condition=Q(asked_at__isnull=False),
                name="member_work_asked",
            ),
        ]
        ordering = ["-published", "-pk"]


class Authorship(models.Model):
    """Somebody who has signed in with the iD that the work names among its people."""

    work = models.ForeignKey(MemberWork, models.CASCADE, related_name="authorships")
    person = models.ForeignKey(User, models.PROTECT, related_name="authorships")

    objects: ClassVar[models.Manager["Authorship"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work", "person"], name="authorship_one_per_work_and_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.work_id}"


class WorksPolicy(models.Model):
    """What a member has said of its works; a member without one has said nothing else."""

    class OnUnpublish(models.TextChoices):
        KEEP = "keep", _("It stays on ORCID records")
        DELETE = "delete", _("It is deleted from ORCID records")

    member = models.OneToOneField(
        Member, models.PROTECT, primary_key=True, related_name="works_policy"
    )
    on_unpublish = models.CharField(max_length=10, choices=OnUnpublish, default=OnUnpublish.KEEP)
    validate_first = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["WorksPolicy"]] = models.Manager()

    class Meta:
        verbose_name_plural = "works policies"

    def __str__(self) -> str:
        return f"{self.member}: {self.get_on_unpublish_display()}"


class Keeper(models.Model):
    """Somebody on the publications desk: keeps the member's works, and sees nothing else of it.

    With an iD, found or proved, like a contact; without one it is an invitation that nobody has
    accepted yet, of whose token only the hash is stored.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="keepers")
    orcid = models.CharField("ORCID iD", max_length=19, blank=True, validators=[validate_orcid])
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Keeper"]] = KeeperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "orcid"],
                condition=Q(removed_at=None) & ~Q(orcid=""),
                name="keeper_one_per_member_and_orcid",
            ),
            models.UniqueConstraint(
                "member",
                Lower("email"),
                condition=Q(removed_at=None),
                name="keeper_one_per_member_and_address",
            ),
            models.CheckConstraint(
                name="keeper_known_or_invited",
                condition=(Q(token_hash=None, expires_at=None) & ~Q(orcid=""))
                | Q(orcid="", token_hash__isnull=False, expires_at__isnull=False)
                | Q(removed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["orcid"], name="keeper_by_orcid")]
        ordering = ["name", "email", "pk"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class DraftMark(models.Model):
    """Up to when a person's works had become public when drafts were last made for a member: what
    becomes public later is new.
    """

    grant = models.OneToOneField(Grant, models.CASCADE, primary_key=True, related_name="draft_mark")
    up_to = models.DateTimeField(null=True, blank=True)  # `Work.public_since`; None: none was

    objects: ClassVar[models.Manager["DraftMark"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}: {self.up_to}"
