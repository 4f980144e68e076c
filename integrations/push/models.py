"""The outbox: what is to be written to ORCID records, what became of it, and each attempt (rule O3)."""

from collections.abc import Callable
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.orcid.models import Connection
from integrations.push import words
from integrations.push.querysets import AttemptQuerySet, DeliveryQuerySet
from members.models import Member


class Delivery(models.Model):
    """One item on its way to one record. What it says is made by its room when it is sent; only a
    hash of that is kept.
    """

    class Want(models.TextChoices):
        WRITE = "write", _("Write")
        DELETE = "delete", _("Delete")

    class State(models.TextChoices):
        # For the person, or their institution, to do something; then it is queued by itself.
        WAITING = "waiting", _("Waiting")
        QUEUED = "queued", _("Queued")
        # On its way, or nobody knows: the record is read before anything is sent again (O3).
        SENDING = "sending", _("Being sent")
        IN_ORCID = "in_orcid", _("On the ORCID record")
        # The record has the same item already, sent for another institution.
        COVERED = "covered", _("There already")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Discarded")
        # By the researcher, at ORCID: never added again by itself (O4).
        REMOVED = "removed", _("Removed at ORCID")
        # By us, as was wanted.
        DELETED = "deleted", _("Deleted")
        # No longer wanted before it was sent.
        WITHDRAWN = "withdrawn", _("Withdrawn")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="deliveries")
    # Of the record, as ORCID names one item of it: "work", "employment".
    section = models.CharField(max_length=20)
    item_id = models.BigIntegerField()  # the key of the room whose item it is
    member = models.ForeignKey(Member, models.PROTECT, related_name="deliveries")
    want = models.CharField(max_length=10, choices=Want, default=Want.WRITE)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # Counts what was asked for: who sends sees whether that has changed meanwhile.
    revision = models.PositiveIntegerField(default=1)
    put_code = models.BigIntegerField(null=True, blank=True)
    # Of what the record has.
    payload_hash = models.CharField(max_length=64, blank=True)
    # Of what is to be sent, or was last; empty for a deletion.
    sent_hash = models.CharField(max_length=64, blank=True)
    # Identifiers of relationship *self* as last sent, to find the item again: [[type, value]].
    sent_ids: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list, blank=True
    )
    # Whose item it is that the record has already.
    covered_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="covers"
    )
    # ORCID refused a whole batch, or broke down over it: each of it goes by itself.
    alone = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    # ORCID's error code, or our own word (`words.py`); `error` is what a room said in its own words.
    error_code = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    # When ORCID last took it.
    in_orcid_at = models.DateTimeField(_("taken by ORCID at"), null=True, blank=True)
    # Who sees it at ORCID, in ORCID's word, as it last said; told to the person alone (O7).
    visibility = models.CharField(max_length=10, blank=True)

    objects: ClassVar[models.Manager["Delivery"]] = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "section", "item_id"],
                name="delivery_one_per_connection_and_item",
            ),
            models.UniqueConstraint(
                fields=["connection", "section", "put_code"],
                condition=Q(put_code__isnull=False),
                name="delivery_one_per_put_code",
            ),
            models.CheckConstraint(
                name="delivery_in_orcid_has_put_code",
                condition=~Q(state="in_orcid") | Q(put_code__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "attempts", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="delivery_to_be_sent",
            ),
            models.Index(fields=["connection", "-id"], name="delivery_of_person"),
            models.Index(fields=["member", "-id"], name="delivery_for_member"),
            models.Index(
                fields=["member"],
                condition=Q(state="failed"),
                name="delivery_failed_for_member",
            ),
            models.Index(fields=["section", "item_id"], name="delivery_of_item"),
        ]
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.section} {self.item_id} ({self.get_state_display()})"

    @property
    def problem(self) -> str:
        """Why it is not there, in plain words; empty where there is nothing to say."""
        return self.error or words.problem(self.error_code)

    @property
    def advice(self) -> str:
        """What to do about it, in plain words."""
        return words.advice(self.error_code)

    @property
    def advice_to_owner(self) -> str:
        """The same, said to the person whose record it is."""
        return words.advice_to_owner(self.error_code)

    @property
    def is_narrow(self) -> bool:
        """Whether it is on the record, but not for everyone to see there."""
        return self.state == self.State.IN_ORCID and self.visibility in {"limited", "private"}

    @property
    def is_update(self) -> bool:
        return self.put_code is not None and self.want == self.Want.WRITE


class Attempt(models.Model):
    """One call to ORCID for one delivery: never changed."""

    class Kind(models.TextChoices):
        ADD = "add", _("Adding it")
        UPDATE = "update", _("Updating it")
        DELETE = "delete", _("Deleting it")
        LOOK = "look", _("Looking it up")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="history")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # HTTP's; None: no answer
    code = models.CharField(max_length=20, blank=True)  # ORCID's error code, or our own word
    put_code = models.BigIntegerField(null=True, blank=True)

    objects: ClassVar[models.Manager["Attempt"]] = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["delivery", "-id"], name="attempt_of_delivery"),
            models.Index(fields=["at"], name="attempt_at"),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.answer}"

    @property
    def answer(self) -> str:
        """What ORCID said, in plain words."""
        return words.problem(self.code) or str(_("Accepted"))

    @property
    def advice(self) -> str:
        """What to do about it, said to the institution."""
        return self._said(words.advice)

    @property
    def advice_to_owner(self) -> str:
        """The same, said to the person whose record it is."""
        return self._said(words.advice_to_owner)

    def _said(self, advice: Callable[[str], str]) -> str:
        """What follows by itself is said while the delivery is on its way. Once that has ended, or
        waits for somebody, such an answer is one among others: advice goes with the one it ended
        with."""
        following = words.next_step(self.code)
        if following and self.delivery.state in {Delivery.State.QUEUED, Delivery.State.SENDING}:
            return following
        return "" if following and self.code != self.delivery.error_code else advice(self.code)


class Lane(models.Model):
    """One write at a time per record (O4): who writes to it holds its lane, for so long.

    The row is locked first by everything that changes deliveries of its connection.
    """

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="lane"
    )
    # When to look at it next; None when nothing is to be sent.
    due_at = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=16, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    delays = models.PositiveIntegerField(default=0)  # failures in a row
    # Disconnect when all that is to be deleted has been (O6).
    ends_connection = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Lane"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="lane_due")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
