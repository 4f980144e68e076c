"""The ways ORCID says no: OAuth errors, the security filter's, and the API's own error body."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

MORE_INFO = "https://members.orcid.org/api/resources/troubleshooting"

# What most refusals of a write tell a person; `detail` is the client's name.
NOT_WRITTEN = (
    "There was an error when updating the record. Please try again. "
    "If the error persists, please contact {detail} for assistance."
)
USER_MESSAGES = {
    9001: "ORCID could not process the data, because they were invalid.",
    9004: "The client application is forbidden to perform the action.",
    9007: "This account is deprecated. Please refer to account: {detail}",
    9011: "The resource was not found.",
    9012: "The client application made a bad request to the ORCID API.",
    9013: "The item is private and cannot be read.",
    9014: "The client application is forbidden to perform the action.",
    9016: "The resource was not found.",
    9017: "The client application is not authorized.",
    9018: "The ORCID record is locked.",
    9028: "The resource was not found.",
    9034: "The client application sent a bad put code.",
    9038: "The item is not public.",
    9039: "The item is not public.",
    9041: "The resource was not found.",
    9042: "The client application asked for too many items at once.",
    9043: "The client application made a bad request to the ORCID API.",
}


class OAuthError(Exception):
    """`{"error", "error_description"}`: the token endpoint's and the security filter's errors."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


class ApiError(Exception):
    """The Record API's error body (orcid-api.md, 2.4)."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        detail: str = "",
        headers: dict[str, str] | None = None,
        told_status: int | None = None,
    ) -> None:
        """`told_status`: the number inside the text, where ORCID says another than it sends."""
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        told = told_status or status
        self.body: dict[str, Any] = {
            "response-code": status,
            "developer-message": f"{told} {HTTPStatus(told).phrase}: {message}",
            "user-message": USER_MESSAGES.get(code, NOT_WRITTEN).format(
                detail=detail or "the client application"
            ),
            "error-code": code,
            "more-info": MORE_INFO,
        }


def invalid_token(token: str) -> OAuthError:
    return OAuthError(401, "invalid_token", f"Invalid access token: {token}")


def no_token() -> OAuthError:
    return OAuthError(
        403,
        "forbidden",
        "Forbidden: The server understood the request but refuses to authorize it.",
    )


def unknown_path() -> ApiError:
    return ApiError(
        404,
        9001,
        "There is no such API endpoint, or the local sandbox does not serve it (yet).",
    )


def wrong_method(allowed: Iterable[str]) -> ApiError:
    names = ", ".join(allowed)
    return ApiError(405, 9001, f"Only {names} can be asked for here.", headers={"Allow": names})


def no_format() -> ApiError:
    return ApiError(406, 9001, "None of the types in Accept can be served.")


def json_only() -> ApiError:
    return ApiError(
        406,
        9001,
        "ORCID would answer this in XML, which the local sandbox does not speak. "
        "Send Accept: application/json.",
    )


def wrong_scope() -> ApiError:
    return ApiError(403, 9004, "The access token does not have the required scope.")


def bad_rows() -> ApiError:
    return ApiError(400, 9012, "The rows parameter must be an integer between 0 and 1,000")


def bad_start() -> ApiError:
    return ApiError(400, 9012, "The start parameter must be an integer of 0 or more")


def bad_query(reason: str) -> ApiError:
    return ApiError(400, 9012, f"The query could not be parsed: {reason}")


def start_too_far() -> ApiError:
    return ApiError(
        400, 9043, "Without a token the start parameter must not be larger than 10,000."
    )


def not_found() -> ApiError:
    return ApiError(404, 9016, "The resource was not found.")


def private_item() -> ApiError:
    return ApiError(403, 9013, "The item is private and you are not its source.")


def not_public_without_scope() -> ApiError:
    return ApiError(
        403, 9038, "The item is not public and the scope does not reach it.", told_status=409
    )


def not_public() -> ApiError:
    return ApiError(403, 9039, "The public API shows public items only.", told_status=409)


def bad_put_code(put_code: str) -> ApiError:
    return ApiError(400, 9034, f"The put code provided is not valid: {put_code}")


def too_many_put_codes(limit: int) -> ApiError:
    return ApiError(400, 9042, f"No more than {limit} put codes can be read at once.")


def no_biography() -> ApiError:
    return ApiError(404, 9041, "There is no biography in this record.")


def other_record() -> ApiError:
    return ApiError(401, 9017, "The access token belongs to another record.")


def locked(orcid: str) -> ApiError:
    return ApiError(409, 9018, f"The ORCID record {orcid} is locked and cannot be read or edited.")


def moved(uri: str, *, location: str) -> ApiError:
    return ApiError(
        301,
        9007,
        f"This account is deprecated. Please refer to account: {uri}.",
        detail=uri,
        headers={"Location": location},
    )
