"""What goes wrong between this portal and ORCID. No message holds a URL, a token or an answer."""

from typing import Literal

Closed = Literal["locked", "deactivated", "missing"]


class OrcidError(Exception):
    """Any failure of a call to ORCID."""


class OrcidUnavailable(OrcidError):
    """ORCID cannot be reached, is overloaded (429, 503), or answers what nobody can read.

    The same call may succeed later; not before `retry_after` seconds where ORCID said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OrcidRefused(OrcidError):
    """ORCID understood the call and said no (4xx with one of its own error bodies)."""

    def __init__(self, *, status: int, error: str = "", code: int = 0) -> None:
        super().__init__(f"ORCID refused: {status} {error or code or ''}".rstrip())
        self.status = status
        # OAuth's `error` word, such as `invalid_grant`. Its description is unstable: never used.
        self.error = error
        # The record API's `error-code`, such as 9016; 0 where there is none.
        self.code = code


class TokenRefused(OrcidRefused):
    """ORCID does not take the person's token: withdrawn there, or without the permission."""


class RecordMoved(OrcidError):
    """The record was merged into that of another iD (rule C8)."""

    def __init__(self, new_orcid: str) -> None:
        super().__init__("The record has moved.")
        self.new_orcid = new_orcid


class RecordClosed(OrcidError):
    """The record is locked or deactivated at ORCID, or no longer there."""

    def __init__(self, state: Closed) -> None:
        super().__init__(f"The record is {state}.")
        self.state = state
