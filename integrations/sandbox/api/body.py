"""What a client sends with a write."""

import json
from typing import Any

from integrations.sandbox import refusals
from integrations.sandbox.api import schema, xml
from integrations.sandbox.api.call import JSON_TYPES, XML_TYPES, ApiCall, Json


def sent(call: ApiCall, shape: schema.Shape) -> Json:
    """The body, known to have this shape; ApiError when it is none of ORCID's."""
    request = call.request
    if request.content_type in XML_TYPES:
        content = xml.parsed(request.body, shape)
        schema.check(content, shape)
        return content
    if request.content_type not in JSON_TYPES:
        raise refusals.unknown_content_type(request.content_type or "")
    try:
        entry: Any = json.loads(request.body)
    except ValueError as error:
        raise refusals.unreadable(str(error)) from None
    if not isinstance(entry, dict):
        raise refusals.bad_json("The body must be an object.")
    schema.check(entry, shape)
    return entry
