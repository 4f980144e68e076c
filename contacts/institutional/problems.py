"""How a sign-in through an institution can come to nothing. The words are in the page's template."""

from enum import Enum
from http import HTTPStatus

from allauth.socialaccount.providers.base import ProviderException


class Problem(Enum):
    CANCELLED = "cancelled"  # the person, or the institution, said no
    EXPIRED = "expired"  # used twice, too old, from another browser; cookies off
    UNAVAILABLE = "unavailable"  # the institution does not answer, or answers garbage
    UNTRUSTED = "untrusted"  # what it says does not pass the checks
    UNASKED = "unasked"  # it sends somebody who has not begun here
    NOT_FRESH = "not_fresh"  # asked to have the person sign in again, and did not
    NO_IDENTIFIER = "no_identifier"  # it does not say who this is, for good
    MISCONFIGURED = "misconfigured"  # it does not know this portal, or not like this

    @property
    def status(self) -> HTTPStatus:
        return _STATUS.get(self, HTTPStatus.BAD_REQUEST)


_STATUS = {
    Problem.CANCELLED: HTTPStatus.OK,
    Problem.NOT_FRESH: HTTPStatus.FORBIDDEN,
    Problem.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem.UNTRUSTED: HTTPStatus.BAD_GATEWAY,
    Problem.NO_IDENTIFIER: HTTPStatus.BAD_GATEWAY,
    Problem.MISCONFIGURED: HTTPStatus.SERVICE_UNAVAILABLE,
}


class InstitutionFailed(ProviderException):
    """A sign-in that came to nothing. The reason is for the log: it names no person."""

    def __init__(self, problem: Problem, reason: str = "") -> None:
        super().__init__(reason or problem.value)
        self.problem = problem
