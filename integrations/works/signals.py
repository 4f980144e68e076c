"""What becomes of permissions, for whoever pushes, lists or drafts. No receiver may call ORCID."""

from django.dispatch import Signal

# A switch was turned on or off: `person_id`, `member_id`. Sent inside the transaction of the change;
# what holds then, `Grant.objects.in_force()` says.
grants_changed = Signal()
