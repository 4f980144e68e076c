"""O7: what ORCID does not call public is private here."""

import pytest

from integrations.works.mapping import read_groups


@pytest.mark.parametrize("said", [None, "", "PUBLIC", "registered-only", ["public"], {}])
def test_o7_a_visibility_nobody_knows_is_private(said: object) -> None:
    summary = {"put-code": 1, "visibility": said}

    groups, _ours = read_groups([{"work-summary": [summary]}], own_client="")

    assert [group.visibility for group in groups] == ["private"]
