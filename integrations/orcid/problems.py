"""How a sign-in can come to nothing. The words for each are in the page's template."""

from enum import Enum
from http import HTTPStatus


class Problem(Enum):
    CANCELLED = "cancelled"  # the person said no at ORCID
    EXPIRED = "expired"  # a link used twice, too old, from another browser; cookies off
    UNAVAILABLE = "unavailable"  # ORCID is down, slow, busy, or answers garbage
    UNTRUSTED = "untrusted"  # ORCID's statement does not pass its checks
    NOT_FRESH = "not_fresh"  # asked to type the password again, and did not
    MISCONFIGURED = "misconfigured"  # this deployment's client is unknown to ORCID, or locked
    ACCOUNT = "account"  # the iD and the account here do not agree

    @property
    def status(self) -> HTTPStatus:
        return {
            Problem.CANCELLED: HTTPStatus.OK,
            Problem.EXPIRED: HTTPStatus.BAD_REQUEST,
            Problem.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
            Problem.UNTRUSTED: HTTPStatus.BAD_GATEWAY,
            Problem.NOT_FRESH: HTTPStatus.FORBIDDEN,
            Problem.MISCONFIGURED: HTTPStatus.SERVICE_UNAVAILABLE,
            Problem.ACCOUNT: HTTPStatus.FORBIDDEN,
        }[self]


class ConnectProblem(Enum):
    """How connecting can come to nothing. The words for each are on the page of accounts."""

    EXPIRED = "expired"  # a link used twice, too old, from another browser
    UNAVAILABLE = "unavailable"
    MISCONFIGURED = "misconfigured"
    ANOTHER_ID = "another_id"  # not the iD that the person signed in with
    TOO_LITTLE = "too_little"  # ORCID gave less than what was asked for
    NO_ID = "no_id"  # an account that signs in with a password
