"""The largest records there are come in whole (O7)."""

from tests.works.conftest import Researcher

WORKS = 10_000


def test_o7_a_record_of_ten_thousand_works_comes_in(ada: Researcher, asked: list[str]) -> None:
    # Some are further versions of one publication: together they are one work.
    put_codes = ada.sandbox.generate_works(str(ada.user.orcid), WORKS)

    run = ada.sync()
    calls = len(asked)
    again = ada.sync()

    here = ada.works
    assert {code for work in here for code in work.group_put_codes} == set(put_codes)
    assert (run.state, run.done, run.total, run.result["added"]) == ("done", *[len(here)] * 3)
    assert calls <= 1 + WORKS / 100
    assert (again.result["unchanged"], len(asked) - calls) == (True, 1)
