"""Merging, as laws (O7): twice is once, order does not matter, what is the person's own is kept,
hidden stays hidden, nothing doubles.
"""

import copy
import itertools
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from integrations.works import merging
from integrations.works.content import EMPTY
from integrations.works.mapping import Group
from integrations.works.models import Work
from tests.works.record import Json, identifier

put_codes = st.integers(1, 12)
dois = st.sampled_from([f"10.1/{letter}" for letter in "abcdef"])
own = st.sets(st.sampled_from(["title", "published", "identifiers", "citation_value"]))


def entry(doi: str) -> dict[str, str]:
    return {"type": "doi", "value": doi, "relationship": "self"}


def named(doi: str) -> Json:
    return {"external-ids": {"external-id": [identifier("doi", doi)]}}


@st.composite
def groups(draw: st.DrawFn) -> list[Group]:
    """A section as ORCID groups it: no put-code and no identifier is in two groups."""
    codes = draw(st.lists(put_codes, unique=True, max_size=8))
    names = iter(draw(st.permutations([f"10.1/{letter}" for letter in "abcdefgh"])))
    found, rest = [], codes
    while rest:
        size = draw(st.integers(1, len(rest)))
        mine, rest = rest[:size], rest[size:]
        has_name = draw(st.booleans())
        found.append(
            Group(
                put_codes=(mine[0], *sorted(mine[1:])),
                modified=draw(st.integers(1, 3)),
                visibility=draw(st.sampled_from(["public", "limited"])),
                source_name=f"source {mine[0]}",
                named=(named(next(names)),) if has_name else (),
            )
        )
    return found


@st.composite
def lists(draw: st.DrawFn) -> list[Work]:
    """A person's list: read earlier, or typed here; edited, hidden, left."""
    free = iter(draw(st.permutations(range(1, 13))))
    works = []
    for pk in range(1, draw(st.integers(0, 6)) + 1):
        typed = draw(st.booleans())
        doi = draw(st.none() | dois)
        code = None if typed else next(free)
        work = Work(
            pk=pk,
            origin="form" if typed else "orcid",
            title=f"here {pk}",
            type="book",
            identifiers=[entry(doi)] if doi else [],
            put_code=code,
            group_put_codes=[] if typed else [code],
            orcid_modified=None if typed else draw(st.integers(1, 3)),
            edited_fields=[] if typed else sorted(draw(own)),
            hidden_at=draw(st.none() | st.just("2024")),
            left_orcid_at=None if typed else draw(st.none() | st.just("2024")),
        )
        works.append(work)
    return works


def pull(works: list[Work], section: list[Group]) -> list[Work]:
    """What a pull does, without a database."""
    here = {work.pk: copy.deepcopy(work) for work in works}
    keys = itertools.count(100)
    plan = merging.match([known(work) for work in here.values()], section)
    for match in plan.matches:
        group = match.group
        if not match.must_be_read:
            merging.stand(here[match.known[0].pk], group)
            continue
        if match.known:
            united = [here[one.pk] for one in match.known]
            work = merging.unite(united)
            for other in united[1:]:
                del here[other.pk]
        else:
            work = Work(pk=next(keys), origin="orcid")
            here[work.pk] = work
        merging.fill(work, group, fields_of(group))
    for pk in plan.left:
        here[pk].left_orcid_at, here[pk].visibility = "now", "private"
    return list(here.values())


def known(work: Work) -> merging.Known:
    return merging.Known(
        work.pk, work.put_code, tuple(work.group_put_codes), work.orcid_modified,
        work.visibility, work.left_orcid_at is not None, work.identifiers,
    )  # fmt: skip


def fields_of(group: Group) -> Json:
    says = {"title": f"orcid {group.put_code} {group.modified}", "type": "journal-article"}
    return EMPTY | says | {"identifiers": [entry(value) for _kind, value in group.keys]}


def state(works: list[Work], *, new: bool = True) -> list[Any]:
    """All that matters of a list, whatever keys new rows got."""
    names = [*merging.FIELDS, "origin", "put_code", "group_put_codes", "visibility"]
    names += ["hidden_at", "left_orcid_at", "edited_fields", "orcid_modified", "source_name"]
    rows = [(work.pk if work.pk < 100 else 0, [getattr(work, n) for n in names]) for work in works]
    return sorted(rows, key=repr)


@given(lists(), groups())
def test_twice_is_once(works: list[Work], section: list[Group]) -> None:
    once = pull(works, section)

    assert state(pull(once, section)) == state(once)


@given(lists(), groups(), st.randoms(use_true_random=False))
def test_order_does_not_matter(
    works: list[Work], section: list[Group], chance: random.Random
) -> None:
    shuffled, turned = list(works), list(section)
    chance.shuffle(shuffled)
    chance.shuffle(turned)

    assert state(pull(shuffled, turned)) == state(pull(works, section))


@given(lists(), groups())
def test_nothing_doubles_and_nothing_is_missing(works: list[Work], section: list[Group]) -> None:
    after = pull(works, section)

    on_record = [work.put_code for work in after if work.put_code and not work.left_orcid_at]
    assert sorted(on_record) == sorted(group.put_code for group in section)
    held = [code for work in after if not work.left_orcid_at for code in work.group_put_codes]
    assert len(held) == len(set(held))


@given(lists(), groups())
def test_what_is_the_persons_own_is_kept(works: list[Work], section: list[Group]) -> None:
    mine = {
        (work.pk, name): getattr(work, name) for work in works for name in merging.own_fields(work)
    }
    after = {work.pk: work for work in pull(works, section)}

    for (pk, name), value in mine.items():
        if pk in after:  # else it is in another one, which had its own word or took this one
            assert getattr(after[pk], name) == value


@given(lists(), groups())
def test_what_is_taken_in_gives_its_own_words_to_the_one_that_stays(
    works: list[Work], section: list[Group]
) -> None:
    after = pull(works, section)
    kept = {work.pk for work in after}
    plan = merging.match([known(work) for work in works], section)
    by_pk = {work.pk: work for work in works}

    for match in plan.matches:
        together = [by_pk[one.pk] for one in match.known]
        if together:
            assert together[0].pk in kept
            stays = next(work for work in after if work.pk == together[0].pk)
            edited = set.union(*(merging.own_fields(work) for work in together))
            assert merging.own_fields(stays) == edited


@given(lists(), groups())
def test_hidden_stays_hidden(works: list[Work], section: list[Group]) -> None:
    plan = merging.match([known(work) for work in works], section)
    by_pk = {work.pk: work for work in works}
    after = {work.pk: work for work in pull(works, section)}

    for match in plan.matches:
        together = [by_pk[one.pk] for one in match.known]
        if together and all(work.hidden_at for work in together):
            assert after[together[0].pk].hidden_at
    for work in works:
        if work.hidden_at is None and work.pk in after:
            assert after[work.pk].hidden_at is None


@given(lists())
def test_an_empty_record_takes_nothing_away(works: list[Work]) -> None:
    after = pull(works, [])

    assert [work.title for work in after] == [work.title for work in works]
    left = {work.pk for work in after if work.left_orcid_at}
    assert left == {work.pk for work in works if work.put_code}
