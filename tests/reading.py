"""What a page says, and where it leads."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit


def words(answer: Any) -> str:
    """What the page says, as a person reads it."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def said(answer: Any) -> list[str]:
    """The messages that the page shows."""
    return [str(message) for message in answer.context["messages"]]


def query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
