"""What goes wrong between this portal and ORCID. No message holds a URL, a token or an answer."""


class OrcidError(Exception):
    """Any failure of a call to ORCID."""


class OrcidUnavailable(OrcidError):
    """ORCID cannot be reached, is overloaded (429, 503), or answers what nobody can read.

    The same call may succeed later.
    """


class OrcidRefused(OrcidError):
    """ORCID understood the call and said no (4xx with one of its own error bodies)."""

    def __init__(self, *, status: int, error: str = "") -> None:
        super().__init__(f"ORCID refused: {status} {error}".rstrip())
        self.status = status
        # OAuth's `error` word, such as `invalid_grant`. Its description is unstable: never used.
        self.error = error
