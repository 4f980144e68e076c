"""ORCID's XML, which says the same as its JSON in other clothes (orcid-api.md, 2.2).

Names are the same; what is `{"value": …}` there is text here; put-codes, visibility and the like
are attributes; every element lies in the namespace of its section.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLParser, tostring

from integrations.sandbox import affiliations, refusals
from integrations.sandbox.api.schema import BULK, WORK, Leaf, Shape

Json = dict[str, Any]

NAMESPACE = "http://www.orcid.org/ns/"
NAMES = {
    "activities": (
        "works group affiliation-group",
        *affiliations.PLURALS.values(),
    ),
    "work": (
        "work work-summary journal-title short-description citation citation-type citation-value",
        "type contributors contributor credit-name contributor-email contributor-attributes",
        "contributor-sequence contributor-role",
    ),
    "notification": (
        "notifications notification notification-type authorization-url notification-subject",
        "notification-intro items item item-type item-name",
    ),
    "bulk": ("bulk",),
    "error": ("error response-code developer-message user-message error-code more-info",),
    **{kind.value: (f"{kind} {kind}-summary",) for kind in affiliations.PLURALS},
}
PREFIXES = {
    name: prefix for prefix, lines in NAMES.items() for line in lines for name in line.split()
}
# The same name, in another namespace below these.
INSIDE = {
    ("work", "title"): "work",
    ("work-summary", "title"): "work",
    ("authorization-url", "uri"): "notification",
    ("authorization-url", "path"): "notification",
    ("authorization-url", "host"): "notification",
}
ATTRIBUTES = frozenset({"put-code", "visibility", "path", "display-index"})
# Lists of JSON that XML does not have: what they hold stands in their parent.
UNWRAPPED = frozenset({"bulk", "summaries"})


def rendered(body: Json, root: str) -> str:
    """The XML of what a view answers."""
    element = Element(qualified(root, ""))
    for prefix in ("common", *NAMES):
        element.set(f"xmlns:{prefix}", NAMESPACE + prefix)
    fill(element, body, root)
    text = tostring(element, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}'


def qualified(name: str, parent: str) -> str:
    return f"{INSIDE.get((parent, name)) or PREFIXES.get(name, 'common')}:{name}"


def fill(element: Element, value: Any, name: str) -> None:
    if not isinstance(value, dict):
        element.text = value if isinstance(value, str) else str(value).lower()
        return
    for key, child in children(value):
        if key == "value":
            element.text = instant(child) if isinstance(child, int) else str(child)
        elif is_attribute(key, value):
            element.set(key, child if isinstance(child, str) else str(child).lower())
        else:
            fill(SubElement(element, qualified(key, name)), child, key)


def children(value: Json) -> Iterator[tuple[str, Any]]:
    """What is null is left out; a list becomes as many elements of one name."""
    for key, child in value.items():
        if key in UNWRAPPED:
            for slot in child:
                yield from slot.items()
        elif isinstance(child, list):
            for item in child:
                yield key, item
        elif child is not None:
            yield key, child


def is_attribute(key: str, siblings: Json) -> bool:
    if "value" in siblings:
        return True
    # An iD or a client is spelt out in elements.
    return key in ATTRIBUTES and not (key == "path" and "uri" in siblings)


def instant(milliseconds: int) -> str:
    at = dt.datetime.fromtimestamp(milliseconds / 1000, tz=dt.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(text: bytes, shape: Shape) -> Json:
    """The JSON of what a client sends; ApiError 9001 when it is no XML, or not of this shape."""
    if b"<!DOCTYPE" in text:
        raise refusals.unreadable("a document type is not taken.")
    # Without a document type there are no entities, and nothing can blow up.
    parser = XMLParser()  # noqa: S314
    try:
        parser.feed(text)
        root = parser.close()
    except ParseError as error:
        raise refusals.unreadable(str(error)) from None
    if shape is BULK:
        return {"bulk": [{local(child.tag): said(child, WORK)} for child in root]}
    content: Json = said(root, shape)
    return content


def said(element: Element, shape: Shape) -> Any:
    text = (element.text or "").strip()
    if shape is Leaf.IGNORED:
        return None
    if not isinstance(shape, dict):
        return {"value": text} if shape is Leaf.VALUE else text
    # Attributes in a namespace are the schema's own.
    entry: Json = {key: value for key, value in element.attrib.items() if "}" not in key}
    if "value" in shape:
        entry["value"] = text
    for child in element:
        name = local(child.tag)
        inner = shape.get(name)
        if inner is None:
            raise refusals.unreadable(f"element {name} is not expected here.")
        if isinstance(inner, list):
            entry.setdefault(name, []).append(said(child, inner[0]))
        else:
            entry[name] = said(child, inner)
    return entry


def local(tag: str) -> str:
    return tag.rpartition("}")[2]
