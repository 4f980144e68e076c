"""What happens to people, for the apps above this one, which it does not know.

Sent inside the transaction of the change. No receiver may call ORCID.
"""

from django.dispatch import Signal

# Two users turn out to be one person (C8): `former` is emptied, what was theirs is for `present`.
people_united = Signal()

# Somebody's iD has moved from `old` to `new` (C8).
orcid_moved = Signal()

# Two members have become one (ADR 34): what `dropped_id` had is for `kept_id`; both are locked.
members_merged = Signal()

# Institutional sign-in says that `person` no longer belongs to the member `member_id` (O2).
affiliation_ended = Signal()

# An account is to be emptied (H4): what `person` has under way ends. `delete_at_orcid` says whether
# what this portal wrote goes from their record, too (O6). Sent outside any transaction: each receiver
# has its own, may call ORCID after it, and may be asked again.
person_leaving = Signal()

# Then it is emptied: each receiver deletes what is the person's, and answers with an `Erased`
# (`contacts/traces.py`), which says what else they were known by. `traces` is what is known so far.
person_emptied = Signal()

# Whose accounts must not run out (H7): each receiver answers with a queryset of iDs.
people_in_use = Signal()
