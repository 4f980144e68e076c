"""The append-only history."""

from typing import Any, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from members.models.organisations import Consortium, Member
from members.querysets import EventQuerySet

FEED_LOCK = 0x4D54_4645_4544  # "MTFEED", any number nobody else uses


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
        SIGN_IN_CHANGED = "sign_in_changed", _("Institutional sign-in changed")
        GRANT_GIVEN = "grant_given", _("Permission of a researcher given")
        GRANT_ENDED = "grant_ended", _("Permission of a researcher ended")
        PERMISSION_ASKED = "permission_asked", _("Researcher asked for permission")
        PERMISSION_DENIED = "permission_denied", _("Researcher said no")
        PERMISSION_UNASKED = "permission_unasked", _("Request for permission withdrawn")
        WORK_ADDED = "work_added", _("Work added")
        WORK_CHANGED = "work_changed", _("Work changed")
        WORK_DELETED = "work_deleted", _("Work deleted")
        WORKS_STATE_CHANGED = "works_state_changed", _("Works validated, published or taken back")
        WORKS_ADDED = "works_added", _("Works brought in")
        DRAFTS_WITHDRAWN = "drafts_withdrawn", _("Drafts withdrawn: no longer public at ORCID")
        WORKS_POLICY_CHANGED = "works_policy_changed", _("Settings for works changed")
        KEEPER_ADDED = "keeper_added", _("Publications desk: person added")
        KEEPER_INVITED = "keeper_invited", _("Publications desk: person invited")
        KEEPER_REMOVED = "keeper_removed", _("Publications desk: person removed")
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
        at = date_format(timezone.localtime(self.created_at), "SHORT_DATETIME_FORMAT")
        return f"{self.get_kind_display()} ({at})"

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
