"""Consortia, members, membership periods, identifiers, and the append-only history."""

import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from members import text
from members.querysets import ConsortiumQuerySet, EventQuerySet, MemberQuerySet, MembershipQuerySet


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


class Membership(models.Model):
    """A period in which a member belongs to a consortium, or is a direct member (no consortium).

    An unknown start counts as long ago (and is a gap); no end means it goes on.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Starts later")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    member = models.ForeignKey(Member, models.PROTECT, related_name="memberships")
    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True, help_text=_("The last day."))
    end_reason = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(start=None) | Q(end=None) | Q(end__gte=F("start")),
                violation_error_message=_("The end must not lie before the start."),
            ),
            # Together with the exclusion constraint on PostgreSQL (migration 0002) and the check
            # under the member's lock: periods of a member do not overlap.
            models.UniqueConstraint(
                name="membership_one_open_per_member", fields=["member"], condition=Q(end=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.start or '?'} – {self.end or '…'}"

    @property
    def status(self) -> "Membership.Status":
        return self.status_on(timezone.localdate())

    def status_on(self, day: datetime.date) -> "Membership.Status":
        if self.start and self.start > day:
            return self.Status.PENDING
        if self.end and self.end < day:
            return self.Status.ENDED
        return self.Status.ACTIVE


class Identifier(models.Model):
    """An organisation's id in a scheme, stored in the form `identifiers.normalise` gives."""

    class Scheme(models.TextChoices):
        ROR = "ror", "ROR"
        FUNDREF = "fundref", "Crossref Funder ID"
        GRID = "grid", "GRID"
        RINGGOLD = "ringgold", "Ringgold"
        ISNI = "isni", "ISNI"
        LEI = "lei", "LEI"

    member = models.ForeignKey(Member, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme)
    value = models.CharField(max_length=100)
    preferred = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "-preferred", "value"]
        constraints = [
            models.UniqueConstraint(
                name="identifier_once_per_member", fields=["member", "scheme", "value"]
            ),
            models.UniqueConstraint(
                name="identifier_one_preferred_per_scheme",
                fields=["member", "scheme"],
                condition=Q(preferred=True),
            ),
            models.CheckConstraint(
                name="identifier_scheme_known",
                condition=Q(scheme__in=["ror", "fundref", "grid", "ringgold", "isni", "lei"]),
            ),
        ]
        indexes = [models.Index(fields=["scheme", "value"], name="identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    @property
    def url(self) -> str:
        """Where it resolves, empty for schemes without public pages."""
        match self.scheme:
            case self.Scheme.ROR:
                return self.value
            case self.Scheme.FUNDREF:
                return f"https://doi.org/{self.value}"
            case self.Scheme.ISNI:
                return f"https://isni.org/isni/{self.value}"
            case self.Scheme.LEI:
                return f"https://search.gleif.org/#/record/{self.value}"
            case _:
                return ""


class EmailDomain(models.Model):
    """A domain in which the member's people have addresses (C7); internal."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="email_domains")
    domain = models.CharField(
        max_length=253,
        validators=[
            RegexValidator(
                r"^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$", _("Write a domain such as “uni.example”.")
            )
        ],
    )

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint("member", Lower("domain"), name="email_domain_once_per_member")
        ]

    def __str__(self) -> str:
        return self.domain

    def covers(self, address: str) -> bool:
        """Whether the address lies in this domain or below it."""
        host = address.rpartition("@")[2].lower()
        return host == self.domain or host.endswith(f".{self.domain}")


class Event(models.Model):
    """One row of the append-only history: who changed what for which member, when (H4).

    `changes` holds roles, dates, ids and field names; what names a person stands in `personal`,
    the only part that is ever emptied. The id is the cursor of the feed (H3): `append` is the only
    way to write one.
    """

    class Capacity(models.TextChoices):
        CONTACT = "contact", _("contact")
        LEAD = "lead", _("lead")
        OPERATOR = "operator", _("operator")
        TOKEN = "token", _("token")
        IMPORT = "import", _("import")
        SYSTEM = "system", _("system")

    class Kind(models.TextChoices):
        MEMBER_CREATED = "member_created", _("Member added")
        INFORMATION_CHANGED = "information_changed", _("Information changed")
        IDENTIFIER_ADDED = "identifier_added", _("Identifier added")
        IDENTIFIER_REMOVED = "identifier_removed", _("Identifier removed")
        IDENTIFIER_PREFERRED = "identifier_preferred", _("Preferred identifier chosen")
        DOMAINS_CHANGED = "domains_changed", _("E-mail domains changed")
        MEMBERSHIP_STARTED = "membership_started", _("Membership period added")
        MEMBERSHIP_CHANGED = "membership_changed", _("Membership period changed")
        CONSORTIUM_CHANGED = "consortium_changed", _("Consortium changed")
        ADDRESS_LOOKED_UP = "address_looked_up", _("E-mail address looked up")
        CONTACT_ADDED = "contact_added", _("Contact added")
        CONTACT_CHANGED = "contact_changed", _("Contact’s details changed")
        CONTACT_ADDRESS_ASKED = "contact_address_asked", _("New e-mail address to prove")
        CONTACT_ADDRESS_PROVED = "contact_address_proved", _("New e-mail address proved")
        CONTACT_REMOVED = "contact_removed", _("Contact removed")
        CONTACT_LEFT = "contact_left", _("Contact left")
        CONTACT_DISOWNED = "contact_disowned", _("Contact said: this is not me")
        ROLES_CHANGED = "roles_changed", _("Roles changed")
        MAIN_HANDED_OVER = "main_handed_over", _("Main relationship contact handed over")
        NOBODY_IN_CHARGE = "nobody_in_charge", _("Nobody is in charge")
        INVITATION_SENT = "invitation_sent", _("Invitation sent")
        INVITATION_RESENT = "invitation_resent", _("Invitation sent again")
        INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
        INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
        INVITATION_DECLINED = "invitation_declined", _("Invitation declined")
        AGREEMENT_RECORDED = "agreement_recorded", _("Agreement record saved")
        AGREEMENT_REMOVED = "agreement_removed", _("Agreement record removed")
        DESK_CHANGED = "desk_changed", _("Lead desk changed")
        LEAD_ACCESS_CHANGED = "lead_access_changed", _("“Lead may manage contacts” changed")
        LEAD_CHANGE_ACCEPTED = "lead_change_accepted", _("Change by the lead accepted")
        LEAD_CHANGE_DISPUTED = "lead_change_disputed", _("Change by the lead disputed")
        EXPORTED = "exported", _("List exported")
        CONTACTS_IMPORTED = "contacts_imported", _("Contacts brought in from a file")
        IMPORT_SENT = "import_sent", _("Invitations of a file sent")
        ROUND_STARTED = "round_started", _("Confirmation round started")
        ROUND_CLOSED = "round_closed", _("Confirmation round closed")
        CONFIRMED = "confirmed", _("Contacts and information confirmed")
        ANNOUNCEMENT_WRITTEN = "announcement_written", _("Announcement written or changed")
        ANNOUNCEMENT_SCHEDULED = "announcement_scheduled", _("Announcement scheduled")
        ANNOUNCEMENT_PAUSED = "announcement_paused", _("Announcement paused")
        ANNOUNCEMENT_SENT = "announcement_sent", _("Announcement sent")
        ANNOUNCEMENT_STOPPED = "announcement_stopped", _("Announcement stopped")
        PREFERENCES_CHANGED = "preferences_changed", _("Mail preferences changed")
        REQUEST_OPENED = "request_opened", _("Help request received")
        REQUEST_CHANGED = "request_changed", _("Help request answered or decided")
        RECOVERY_STARTED = "recovery_started", _("Recovery started")
        RECOVERY_OBJECTED = "recovery_objected", _("Objection to a recovery")
        RECOVERY_DONE = "recovery_done", _("Recovery done")
        RECOVERY_CANCELLED = "recovery_cancelled", _("Recovery cancelled")
        ORCID_TOLD = "orcid_told", _("ORCID told")
        MEMBER_RENAMED = "member_renamed", _("Member renamed")
        MEMBERS_MERGED = "members_merged", _("Members merged")
        ORCID_MOVED = "orcid_moved", _("ORCID iD moved")
        RECORD_FLAGGED = "record_flagged", _("ORCID record flagged")
        TOKEN_MADE = "token_made", _("API token made")
        TOKEN_REVOKED = "token_revoked", _("API token revoked")
        ERASED = "erased", _("Personal data erased")

    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="events")
    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="events"
    )
    kind = models.CharField(max_length=40, choices=Kind)
    changes = models.JSONField(default=dict)
    personal = models.JSONField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    capacity = models.CharField(max_length=10, choices=Capacity)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["member", "-id"], name="event_by_member"),
            models.Index(fields=["actor", "kind", "created_at"], name="event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.created_at:%Y-%m-%d %H:%M})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("Events are written by Event.append and never changed.")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Events are never deleted.")

    @classmethod
    def append(cls, *events: Self) -> None:
        """Write the events of one change, last of all in its transaction.

        On PostgreSQL a transaction-scoped advisory lock makes ids become visible in their order,
        so that a reader with a cursor misses none (H3). It must come after every row lock: two
        transactions that wait for each other's rows while one holds it would dead-lock.
        """
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("Events belong to their change.")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FEED_LOCK])
        cls.objects.bulk_create(events)


FEED_LOCK = 0x4D54_4645_4544  # "MTFEED", any number nobody else uses
