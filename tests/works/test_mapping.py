"""From ORCID's JSON to works: whatever a record holds, nothing breaks and nothing harmful comes in."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.works import mapping
from integrations.works.content import FIELDS
from integrations.works.models import Work
from tests.works.record import work

SAMPLE = Path(__file__).parent.parent / "data/orcid-samples/work-full-3.0.json"
KEYS = [
    "title", "value", "put-code", "work-summary", "external-ids", "external-id", "visibility",
    "external-id-type", "external-id-value", "publication-date", "year", "month", "contributors",
    "contributor", "credit-name", "source", "source-name", "citation", "display-index",
]  # fmt: skip
leaves = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["public", "doi"])
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)
records = st.dictionaries(st.sampled_from(KEYS), anything)


@given(records)
def test_whatever_a_work_holds_it_can_be_kept(found: dict[str, Any]) -> None:
    fields = mapping.work_fields(found)

    assert set(fields) == set(FIELDS)
    kept = Work(**fields)
    kept.set_keys()
    for field in Work._meta.concrete_fields:
        value = getattr(kept, field.attname)
        if field.attname in fields and isinstance(value, str) and field.max_length:
            assert len(value) <= field.max_length
    assert "\0" not in json.dumps(fields, ensure_ascii=False)
    json.dumps(fields, ensure_ascii=False).encode()


@given(st.lists(records, max_size=4))
def test_whatever_a_list_of_works_holds_it_can_be_read(found: list[dict[str, Any]]) -> None:
    groups, ours = mapping.read_groups(found, own_client="APP-1")

    assert all(group.put_codes and group.keys is not None for group in groups)
    assert ours == {}
    assert mapping.fingerprint(found) == mapping.fingerprint(found)


def test_orcids_own_sample_comes_through() -> None:
    fields = mapping.work_fields(json.loads(SAMPLE.read_text()))

    assert fields["title"]
    assert fields["identifiers"]
    assert fields["contributors"]


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        (("2012", "10", "01"), "2012-10-01"),
        (("2012", "10", None), "2012-10"),
        (("2012", None, "01"), "2012"),
        (("2012", "13", None), "2012"),
        (("2012", "1", None), "2012"),
        ((None, "10", "01"), ""),
        (("٢٠١٢", None, None), ""),
    ],
)
def test_as_much_of_a_date_is_kept_as_is_known(date: Any, kept: str) -> None:
    parts = zip(("year", "month", "day"), date, strict=True)
    found = {"publication-date": {part: {"value": value} for part, value in parts}}

    assert mapping.work_fields(found)["published"] == kept


def test_addresses_that_are_no_web_addresses_are_no_links() -> None:
    found = work(ids=(("uri", "javascript:alert(1)"),))
    found["external-ids"]["external-id"][0]["external-id-url"] = {"value": "javascript:alert(2)"}

    (kept,) = mapping.work_fields(found)["identifiers"]

    assert (kept["value"], kept["url"]) == ("javascript:alert(1)", "")


def summary(put_code: int, **more: Any) -> dict[str, Any]:
    return {"put-code": put_code, "visibility": "public", "display-index": "0"} | more


versions = st.dictionaries(st.integers(1, 99), st.integers(0, 12), min_size=1, max_size=9)


@given(versions, st.randoms(use_true_random=False))
def test_o7_the_preferred_version_has_the_highest_display_index_wherever_it_stands(
    indexes: dict[int, int], chance: random.Random
) -> None:
    codes = chance.sample(sorted(indexes), len(indexes))
    listed = [summary(code, **{"display-index": str(indexes[code])}) for code in codes]

    ([group], _ours) = mapping.read_groups([{"work-summary": listed}], own_client="")

    highest = [code for code in codes if indexes[code] == max(indexes.values())]
    assert group.put_code == highest[0]  # of equals, the first
    assert sorted(group.put_codes) == sorted(indexes)


@pytest.mark.parametrize(
    "change",
    [
        [[summary(2)]],  # one was deleted: ORCID's date of the section may be the same
        [[summary(1, **{"display-index": "1"})], [summary(2)]],
        [[summary(1, visibility="limited")], [summary(2)]],
        [[summary(1), summary(2)]],
        [[summary(1, **{"last-modified-date": {"value": 9}})], [summary(2)]],
    ],
    ids=["deleted", "preferred", "visibility", "grouped", "changed"],
)
def test_every_change_of_the_list_shows(change: list[list[dict[str, Any]]]) -> None:
    def section(groups: list[list[dict[str, Any]]]) -> str:
        return mapping.fingerprint([{"work-summary": versions} for versions in groups])

    assert section(change) != section([[summary(1)], [summary(2)]])
    assert section([[summary(1)], [summary(2)]]) == section([[summary(1)], [summary(2)]])
