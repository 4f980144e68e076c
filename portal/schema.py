"""What the API's description says of all endpoints alike: errors, versions, who may ask."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from portal.problems import CONTENT_TYPE

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the version that was read.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[HTTPStatus.OK, HTTPStatus.CREATED],
    description="The version, for `If-Match`.",
)
# Answers that are given whatever is asked.
_ALWAYS = [HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.TOO_MANY_REQUESTS]
_SIGNED_IN = [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN]
_WITH_BODY = [HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.CONFLICT]
_VERSIONED = [HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED]
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` names the fields; `version` and `events` say what happened "
    "since the version that was sent in `If-Match`.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "nullable": True},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
                "required": ["field", "detail", "code"],
            },
        },
        "version": {"type": "integer"},
        "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
    },
    "required": ["type", "title", "status", "detail"],
}


class PortalSchema(AutoSchema):
    """Adds the headers of what has a version (H2)."""

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "tag", None)
        return [tag] if tag else list(super().get_tags())

    def get_override_parameters(self) -> list[Any]:
        versioned: frozenset[str] = getattr(self.view, "versioned", frozenset())
        action = getattr(self.view, "action", None)
        given = list(super().get_override_parameters())
        if action in versioned:
            given.append(IF_MATCH)
        if versioned and action not in {"list", "destroy", "look_up"}:
            given.append(ETAG)
        return given


def add_problems(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Every endpoint of the API can answer with a problem; it says with which."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    result["components"]["responses"] = {
        "Problem": {
            "description": "What went wrong.",
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    for path, item in result["paths"].items():
        for operation in item.values():
            for status in _problems(path, operation):
                operation["responses"][str(int(status))] = {
                    "$ref": "#/components/responses/Problem"
                }
            operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    return result


def _problems(path: str, operation: dict[str, Any]) -> list[HTTPStatus]:
    found = list(_ALWAYS)
    if {} not in operation.get("security", []):
        found += _SIGNED_IN
    if "{" in path:
        found.append(HTTPStatus.NOT_FOUND)
    if "requestBody" in operation:
        found += _WITH_BODY
    if any(parameter["name"] == IF_MATCH.name for parameter in operation.get("parameters", [])):
        found += _VERSIONED
    return sorted(found)
