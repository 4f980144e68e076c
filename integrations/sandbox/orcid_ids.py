"""ORCID iDs: the check character and new ones."""

import re
import secrets

PATTERN = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
# The block that the registry assigns from today (orcid-api.md, section 6).
FIRST, LAST = 900_000_000_000, 900_100_000_000


def check_character(first15: str) -> str:
    """ISO/IEC 7064 MOD 11-2."""
    total = 0
    for digit in first15:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def is_valid(orcid: str) -> bool:
    digits = orcid.replace("-", "")
    return bool(PATTERN.fullmatch(orcid)) and check_character(digits[:15]) == digits[15]


def new() -> str:
    first15 = f"{FIRST + secrets.randbelow(LAST - FIRST):015d}"
    digits = first15 + check_character(first15)
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))
