"""Identifiers of organisations: their formats and check digits, and the form they are stored in."""

import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import lei
from stdnum.iso7064 import mod_11_2

from members.models import Identifier

# Crockford's base 32: no i, l, o, u.
_BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"
_ROR = re.compile(rf"(?:https?://)?(?:www\.)?(?:ror\.org/)?(0[{_BASE_32}]{{6}}\d\d)/?", re.ASCII)
_FUNDREF = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*)?(?:10\.13039/)?(\d{9,12})/?", re.ASCII
)
_GRID = re.compile(
    r"(?:https?://)?(?:www\.)?(?:grid\.ac/institutes/)?(grid\.\d{4,6}\.[0-9a-f]{1,2})/?", re.ASCII
)
_RINGGOLD = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_ISNI = re.compile(
    r"(?:https?://)?(?:www\.)?(?:isni\.org/(?:isni/|page/)?)?(?:isni:?)?(\d{15}[\dx])/?", re.ASCII
)
_LEI = re.compile(r"[0-9A-Z]{18}\d\d", re.ASCII)
# The blocks of ISNI set aside for ORCID iDs (first fifteen digits), which name persons.
_ORCID_BLOCKS = (
    (15_000_000, 35_000_001),
    (900_000_000_000, 900_100_000_001),
)


def normalise(scheme: str, value: str) -> str:
    """The identifier in the one form it is stored in, out of the forms people paste.

    ROR becomes its https address, a funder id the bare DOI, ISNI and LEI lose their spaces.
    Raises `ValidationError` saying what is wrong, and `KeyError` for an unknown scheme.
    """
    return _NORMALISE[Identifier.Scheme(scheme)](value.strip())


def _ror(value: str) -> str:
    match = _ROR.fullmatch(value.lower())
    if not match:
        raise ValidationError(
            _(
                "A ROR id looks like https://ror.org/02mhbdp94: nine letters and digits, "
                "the first a zero, the last two digits."
            ),
            code="format",
        )
    number = 0
    for character in match[1][:7]:
        number = number * 32 + _BASE_32.index(character)
    # ISO 7064 MOD 97-10; https://ror.readme.io/docs/identifier
    if 98 - number * 100 % 97 != int(match[1][7:]):
        raise _wrong_check_digits("ROR")
    return f"https://ror.org/{match[1]}"


def _fundref(value: str) -> str:
    match = _FUNDREF.fullmatch(value.lower())
    if not match:
        raise ValidationError(
            _(
                "A Crossref Funder ID looks like 10.13039/501100000266: only digits after 10.13039/."
            ),
            code="format",
        )
    return f"10.13039/{match[1]}"


def _grid(value: str) -> str:
    match = _GRID.fullmatch(value.lower())
    if not match:
        raise ValidationError(_("A GRID id looks like grid.7870.8."), code="format")
    return match[1]


def _ringgold(value: str) -> str:
    if not _RINGGOLD.fullmatch(value):
        raise ValidationError(
            _("A Ringgold id consists of one to seven digits, such as 28033."), code="format"
        )
    return value


def _isni(value: str) -> str:
    match = _ISNI.fullmatch(re.sub(r"[\s-]", "", value).lower())
    if not match:
        raise ValidationError(
            _("An ISNI has sixteen digits, such as 0000 0001 2103 2683; the last may be an X."),
            code="format",
        )
    bare = match[1].upper()
    if not mod_11_2.is_valid(bare):
        raise _wrong_check_digits("ISNI")
    if any(first <= int(bare[:15]) < end for first, end in _ORCID_BLOCKS):
        raise ValidationError(
            _("This is the ORCID iD of a person, not the ISNI of an organisation."), code="person"
        )
    return bare


def _lei(value: str) -> str:
    bare = re.sub(r"[\s-]", "", value).upper()
    if not _LEI.fullmatch(bare):
        raise ValidationError(
            _("An LEI has twenty letters and digits, such as 506700GE1G29325QX363."), code="format"
        )
    if not lei.is_valid(bare):
        raise _wrong_check_digits("LEI")
    return bare


def _wrong_check_digits(scheme: str) -> ValidationError:
    return ValidationError(
        _("The check digits of this %(scheme)s id are wrong: probably a typing error."),
        code="check",
        params={"scheme": scheme},
    )


_NORMALISE: dict[Identifier.Scheme, Callable[[str], str]] = {
    Identifier.Scheme.ROR: _ror,
    Identifier.Scheme.FUNDREF: _fundref,
    Identifier.Scheme.GRID: _grid,
    Identifier.Scheme.RINGGOLD: _ringgold,
    Identifier.Scheme.ISNI: _isni,
    Identifier.Scheme.LEI: _lei,
}
