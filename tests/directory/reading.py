"""What a reader sees on a page of the directory."""

import re
from typing import Protocol


class Readable(Protocol):
    @property
    def text(self) -> str: ...


def names_on(response: Readable) -> list[str]:
    """The organisations listed, in their order."""
    found = re.findall(r"<h2><a href=\"/directory/[^\"]+\">([^<]+)</a></h2>", response.text)
    return [name.replace("&#x27;", "’") for name in found]
