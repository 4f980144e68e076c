"""What happens to people, for the apps above this one, which it does not know.

Sent inside the transaction of the change. No receiver may call ORCID.
"""

from django.dispatch import Signal

# Two users turn out to be one person (C8): `former` is emptied, what was theirs is for `present`.
people_united = Signal()

# Somebody's iD has moved from `old` to `new` (C8).
orcid_moved = Signal()

# Institutional sign-in says that `person` no longer belongs to the member `member_id` (O2).
affiliation_ended = Signal()
