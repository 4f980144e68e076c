"""Which deliveries there are, for whom. Every list is in the order of its key, newest first."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from contacts.models import User
    from integrations.orcid.models import Connection
    from integrations.push.models import Attempt, Delivery
    from members.models import Member

# On their way, or waiting for something.
OPEN = ["queued", "sending", "waiting"]
# For a person to look at.
STUCK = ["failed"]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of(self, person: "User") -> "DeliveryQuerySet":
        """Those to a person's own record."""
        return self.filter(connection__orcid=person.orcid) if person.orcid else self.none()

    def for_member(self, member: "Member") -> "DeliveryQuerySet":
        """Those sent on behalf of a member."""
        return self.filter(member=member)

    def of_items(self, section: str, item_ids: Iterable[int]) -> "DeliveryQuerySet":
        return self.filter(section=section, item_id__in=list(item_ids))

    def open(self) -> "DeliveryQuerySet":
        """The queue: on their way, or waiting for something."""
        return self.filter(state__in=OPEN)

    def stuck(self) -> "DeliveryQuerySet":
        """Those that need a person: they are not tried again by themselves."""
        return self.filter(state__in=STUCK)

    def on_record(self, connection: "Connection") -> "DeliveryQuerySet":
        """What this portal wrote to a record, as far as it is known to stand there."""
        there = self.filter(connection=connection, put_code__isnull=False)
        return there.exclude(state__in=["deleted", "removed"])

    def items_count(self) -> int:
        """How many items these are, each once, to however many records it goes."""
        return self.order_by().values("section", "item_id").distinct().count()

    def to_send(self, connection_id: int) -> "DeliveryQuerySet":
        """What is to go out to one record, what was tried least first."""
        queued = self.filter(connection=connection_id, state="queued")
        return queued.order_by("attempts", "pk")


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def of(self, person: "User") -> "AttemptQuerySet":
        """The history of a person's own record."""
        own = self.filter(delivery__connection__orcid=person.orcid)
        return own if person.orcid else self.none()

    def for_member(self, member: "Member") -> "AttemptQuerySet":
        return self.filter(delivery__member=member)

    def before(self, moment: datetime) -> "AttemptQuerySet":
        return self.filter(at__lt=moment)
