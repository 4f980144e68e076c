"""Every address of the portal, read off the URLconf."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class View:
    """One address: its full name (`tools:contacts`), what it takes, and what answers."""

    name: str
    arguments: tuple[str, ...]
    callback: Any

    @property
    def asks_for_sign_in(self) -> bool:
        return getattr(self.callback, "login_required", True) is not False


@cache
def every_view() -> list[View]:
    """All but the admin's own pages, which `AdminSite.admin_view` guards."""
    return [
        view for view in _walk(get_resolver().url_patterns) if not view.name.startswith("admin:")
    ]


def _walk(
    patterns: list[URLPattern | URLResolver], space: str = "", taken: tuple[str, ...] = ()
) -> Iterator[View]:
    for pattern in patterns:
        arguments = (*taken, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, arguments)
        else:
            name = pattern.name or repr(pattern.pattern)
            yield View(f"{space}{name}", arguments, pattern.callback)
