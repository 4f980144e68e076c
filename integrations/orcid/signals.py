"""What happens to connections, for the apps that use them; this one knows none of those.

Each carries `connection_id`. The first three are sent inside the transaction that changes the row, so
that what a receiver must not lose can be a row of the same transaction (H6). No receiver may call
ORCID.
"""

from django.dispatch import Signal

# A person connected, or connected anew, or their record is open again.
connected = Signal()
# A person disconnected: nothing may be read or written any more.
disconnected = Signal()
# A connection follows its record to another iD (C8): `into_id` is the connection it is from now on,
# often itself. Sent inside the transaction, before what is united goes.
moved = Signal()
# ORCID hints that the record has changed; anybody may have sent that, so look, and believe nothing.
record_changed = Signal()
