"""Dates as files write them."""

import re

from integrations.works.content import date_of

_START = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?!\d)(?:[-/.](\d{1,2})(?!\d))?)?", re.A)
_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)", re.A)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def read_date(text: str) -> str:
    """`2012/10/01/`, `2012-10`, `c2012`, `Oct 2012`, `2012-10-01/2012-10-05` as `published`.

    What holds no year is given back as it is: the checks say what is wrong with it.
    """
    text = text.strip()
    found = _START.match(text)
    if found:
        month, day = (_some(found[group]) for group in (2, 3))
        return date_of(found[1], month, day)
    year = _YEAR.search(text)
    return year[0] if year else text


def month_number(text: str) -> str:
    """The number of a month given by number or English name; "" for a season or the like."""
    text = text.strip().casefold()
    if text.isdigit():
        return text
    return str(_MONTHS.index(text[:3]) + 1) if text[:3] in _MONTHS else ""


def _some(number: str | None) -> str:
    return number if number and number.strip("0") else ""
