"""Formats and check digits of identifiers (formats.md section 1)."""

import pytest
from django.core.exceptions import ValidationError

from members.identifiers import normalise


@pytest.mark.parametrize(
    ("scheme", "pasted", "stored"),
    [
        ("ror", "https://ror.org/04teye511", "https://ror.org/04teye511"),
        ("ror", " 04TEYE511 ", "https://ror.org/04teye511"),
        ("ror", "http://www.ror.org/04teye511/", "https://ror.org/04teye511"),
        ("ror", "ror.org/04teye511", "https://ror.org/04teye511"),
        ("fundref", "10.13039/501100000266", "10.13039/501100000266"),
        ("fundref", "https://doi.org/10.13039/501100000266", "10.13039/501100000266"),
        ("fundref", "http://dx.doi.org/10.13039/100000001", "10.13039/100000001"),
        ("fundref", "doi:10.13039/100000001", "10.13039/100000001"),
        ("fundref", "501100000266", "10.13039/501100000266"),
        ("grid", "GRID.7870.8", "grid.7870.8"),
        ("grid", "https://www.grid.ac/institutes/grid.441847.a", "grid.441847.a"),
        ("ringgold", "28033", "28033"),
        ("isni", "0000 0001 2103 2683", "0000000121032683"),
        ("isni", "https://isni.org/isni/0000000121032683", "0000000121032683"),
        ("isni", "ISNI:0000 0001 2103 2683", "0000000121032683"),
        ("lei", "506700GE1G29325QX363", "506700GE1G29325QX363"),
        ("lei", "5067 00ge 1g29 325q x363", "506700GE1G29325QX363"),
    ],
)
def test_every_usual_form_is_understood(scheme: str, pasted: str, stored: str) -> None:
    assert normalise(scheme, pasted) == stored


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("ror", "https://ror.org/04teye512", "check"),  # last digit
        ("ror", "https://ror.org/04teye115", "check"),  # digits swapped
        ("ror", "https://ror.org/04teyf511", "check"),  # a letter
        ("ror", "https://ror.org/04leye511", "format"),  # no l in Crockford's base 32
        ("ror", "14teye511", "format"),
        ("ror", "https://ror.org.evil.example/04teye511", "format"),
        ("ror", "04teye511 04teye511", "format"),
        ("ror", "", "format"),
        ("fundref", "10.1234/501100000266", "format"),
        ("fundref", "10.13039/5011x", "format"),
        ("fundref", "https://evil.example/10.13039/501100000266", "format"),
        ("grid", "grid.7870", "format"),
        ("grid", "7870.8", "format"),
        ("ringgold", "28-033", "format"),
        ("ringgold", "0", "format"),
        ("ringgold", "12345678", "format"),
        ("ringgold", "٢٨٠٣٣", "format"),  # Arabic digits are digits to Python
        ("isni", "0000000121032684", "check"),
        ("isni", "000000012103268", "format"),
        ("isni", "0000-0002-1825-0097", "person"),  # an ORCID iD
        ("lei", "506700GE1G29325QX364", "check"),
        ("lei", "506700GE1G29325QX3", "format"),
    ],
)
def test_a_wrong_identifier_is_refused_with_its_reason(scheme: str, value: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normalise(scheme, value)

    assert [error.code for error in refused.value.error_list] == [code]


def test_the_reason_is_in_plain_words() -> None:
    with pytest.raises(ValidationError) as refused:
        normalise("ror", "https://ror.org/04teye512")

    assert refused.value.messages == [
        "The check digits of this ROR id are wrong: probably a typing error."
    ]
