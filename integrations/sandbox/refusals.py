"""Why ORCID does not take what a client sends (orcid-api.md, 2.4)."""

from integrations.sandbox.errors import ApiError

DUPLICATE = (
    "You have already added this activity (matched by external identifiers), please see element "
    "with put-code {put_code}. If you are trying to edit the item, please use PUT instead of POST."
)


def unreadable(detail: str) -> ApiError:
    return ApiError(400, 9001, f"The body cannot be read: {detail}")


def unknown_content_type(content_type: str) -> ApiError:
    return ApiError(415, 9001, f"Content-Type {content_type or '(none)'} is not taken here.")


def too_many_in_bulk(limit: int) -> ApiError:
    return ApiError(400, 9006, f"You are allowed to add up to {limit} elements per request.")


def moved(uri: str) -> ApiError:
    return ApiError(
        409, 9007, f"This account is deprecated. Please refer to account: {uri}.", detail=uri
    )


def read_already() -> ApiError:
    return ApiError(403, 9009, "The notification has been read already.")


def not_the_source(kind: str) -> ApiError:
    return ApiError(403, 9010, f"You are not the source of the {kind}, so you cannot change it.")


def put_codes_differ(in_address: int, in_body: object) -> ApiError:
    told = "none" if in_body is None else in_body
    return ApiError(
        400, 9019, f"The put-code in the address ({in_address}) is not that in the body ({told})."
    )


def invalid(detail: str) -> ApiError:
    return ApiError(400, 9020, f"Invalid message. Full validation error: {detail}")


def duplicate(put_code: int, client: str) -> ApiError:
    return ApiError(409, 9021, DUPLICATE.format(put_code=put_code), detail=client)


def no_title() -> ApiError:
    return ApiError(400, 9022, "Invalid title: it is missing or empty.")


def bad_external_ids(detail: str) -> ApiError:
    return ApiError(400, 9023, f"Invalid external-id: {detail}")


def put_code_sent() -> ApiError:
    return ApiError(400, 9024, "A new item must not have a put-code.")


def no_notification() -> ApiError:
    return ApiError(404, 9029, "There is no such notification.")


def wants_no_requests() -> ApiError:
    return ApiError(409, 9032, "The person does not want notifications of this kind.")


def visibility_differs() -> ApiError:
    return ApiError(403, 9035, "The visibility of an item cannot be changed by this API.")


def bad_kind_of_value(what: str, value: object) -> ApiError:
    """A word that the registry's own list does not have: of a type, language, country."""
    return ApiError(400, 9037, f"Invalid {what}: {value!r} is none of the registry's values.")


def deactivated(orcid: str) -> ApiError:
    return ApiError(409, 9044, f"The ORCID record {orcid} is deactivated and cannot be edited.")


def unknown_organization(detail: str) -> ApiError:
    return ApiError(400, 9045, f"Invalid disambiguated-organization: {detail}")


def no_organization() -> ApiError:
    return ApiError(400, 9046, "The organization is missing.")


def bad_json(detail: str) -> ApiError:
    return ApiError(400, 9047, f"Invalid JSON: {detail}")


def full_record(limit: int) -> ApiError:
    return ApiError(409, 9048, f"A record cannot have more than {limit:,} works.")


def bad_date(text: str) -> ApiError:
    return ApiError(400, 9049, f"Invalid date: {text}")


def bad_enum(what: str, value: object) -> ApiError:
    return ApiError(400, 9051, f"Invalid {what}: {value!r}.")


def ends_before_start() -> ApiError:
    return ApiError(400, 9055, "The end date is before the start date.")


def bad_role(value: object) -> ApiError:
    return ApiError(400, 9058, f"Invalid contributor-role: {value!r}.")


def no_place() -> ApiError:
    return ApiError(400, 9060, "The organization needs an address with city and country.")


def no_country() -> ApiError:
    return ApiError(400, 9061, "The address has a city or region, but no country.")


def nothing_identifies() -> ApiError:
    return ApiError(400, 9062, "Either a disambiguated-organization or an external-id is needed.")
