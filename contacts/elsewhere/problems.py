"""Why a sign-in by an account elsewhere came to nothing."""

from enum import Enum


class Problem(Enum):
    """The value is what the page goes by."""

    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"  # connected to no account here

    @property
    def status(self) -> int:
        return _STATUS.get(self.value, 502)


_STATUS = {"cancelled": 200, "expired": 400, "refused": 400, "unavailable": 503, "unknown": 403}
