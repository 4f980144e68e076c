"""ORCID iDs: their form, their check character, the address they are shown as.

Stored bare (`0000-0002-1825-0097`), shown as the https URI (ORCID's display rules).
"""

import operator
import re
from functools import reduce

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Mod, Substr
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

# ASCII: `\d` would take the digits of every script.
PATTERN = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.ASCII)
# Where the sixteen characters stand in the string, hyphens left out; one-based, as SQL counts.
_POSITIONS = [position for position in range(1, 20) if position % 5]


def check_character(first_fifteen: str) -> str:
    """The check character of fifteen digits, by ISO 7064 MOD 11-2."""
    total = 0
    for digit in first_fifteen:
        total = (total + int(digit)) * 2
    result = (12 - total % 11) % 11
    return "X" if result == 10 else str(result)


def is_orcid(value: str) -> bool:
    """Whether it is a bare iD with a correct check character."""
    if not PATTERN.fullmatch(value):
        return False
    characters = value.replace("-", "")
    return check_character(characters[:15]) == characters[15]


def parse_orcid(value: str) -> str | None:
    """The bare iD out of what files hold (a bare iD, or its URI), or None."""
    bare = value.strip().removesuffix("/").rpartition("/")[2].upper()
    return bare if is_orcid(bare) else None


def validate_orcid(value: str) -> None:
    """Raise `ValidationError` for anything but a bare, valid iD (rule C1)."""
    if not is_orcid(value):
        raise ValidationError(_("This is not a valid ORCID iD."), code="orcid")


def orcid_uri(orcid: str) -> str:
    """The address of the record, at the ORCID this deployment uses."""
    return f"{settings.ORCID_BASE_URL}/{orcid}"


def orcid_check(field: str) -> Q:
    """Rule C1 as a database condition: the pattern, and the check character's sum ≡ 1 (mod 11).

    MOD 11-2 weighs the n-th character from the right with 2^(n-1); `X` counts ten.
    """
    terms = []
    for index, position in enumerate(_POSITIONS):
        character = Substr(F(field), position, 1)
        value = Cast(character, IntegerField())
        if position == _POSITIONS[-1]:
            value = Case(  # type: ignore[assignment]  # another expression of the same type
                When(**{f"{field}__endswith": "X"}, then=Value(10)),
                default=value,
                output_field=IntegerField(),
            )
        # Weights stay below 11, so that the sum is small.
        terms.append(value * Value(pow(2, 15 - index, 11)))
    weighted = reduce(operator.add, terms)
    return Q(**{f"{field}__regex": rf"^{PATTERN.pattern}$"}) & Q(_sum_is_one(weighted))


def _sum_is_one(weighted: object) -> object:
    return Exact(Mod(weighted, Value(11), output_field=IntegerField()), Value(1))
