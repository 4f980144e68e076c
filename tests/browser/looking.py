"""Whether a page is accessible and fits: on a wide screen and on a phone, out of one load.

With SCREENSHOTS=<folder> each page is photographed at both widths.
"""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1280, 390)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


def look(page: Page, address: str, name: str) -> list[str]:
    """What is wrong with the page at that address."""
    response = page.goto(address)
    assert response is not None
    broken = [] if response.status < 500 else [f"status {response.status}"]
    return broken + faults_of(page, name)


def faults_of(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it stands; afterwards it is as wide as it was."""
    before = page.viewport_size
    found = [f"{width}: {fault}" for width in WIDTHS for fault in _faults_at(page, name, width)]
    if before is not None:
        page.set_viewport_size(before)
    return found


def _faults_at(page: Page, name: str, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 900})
    photograph(page, name, width)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    too_wide = [f"{overflow} pixels too wide"] if overflow > 0 else []
    return too_wide + [describe(violation) for violation in violations(page)]


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds at the width that the page has. Django's and Swagger's own pages are theirs."""
    if page.url.split("/", 3)[-1].startswith(("admin/", "api/")):
        return []
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options)", OPTIONS)[
        "violations"
    ]
    return found


def describe(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"


def photograph(page: Page, name: str, width: int) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    safe = "".join(char if char.isalnum() else "-" for char in name)[:100]
    page.screenshot(path=f"{folder}/{safe}-{width}.png", full_page=True)
