"""C1: what an iD is."""

import pytest

from integrations.orcid.ids import is_orcid, parse_orcid


def test_c1_id_with_a_right_check_character_is_one() -> None:
    assert (is_orcid("0000-0002-1825-0097"), is_orcid("0000-0002-9079-593X")) == (True, True)


@pytest.mark.parametrize(
    "value",
    [
        "0000-0002-1825-0098",
        "0000-0002-1825-0097\n",
        "0000000218250097",
        "\u0660\u0660\u0660\u0660-0002-1825-0097",  # zeros, in Arabic
        "\uff10000-0002-1825-0097",  # a zero of full width
        "0000-0002-9079-593x",
    ],
)
def test_c1_nothing_else_is(value: str) -> None:
    assert not is_orcid(value)


def test_c1_digits_of_another_script_are_no_id_in_an_address_either() -> None:
    assert parse_orcid("https://orcid.org/\u0660\u0660\u0660\u0660-0002-1825-0097") is None
