"""Normalised identifiers (rule O7): one form for all the ways of writing the same one."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn as isbn_numbers

from integrations.works.identifiers import (
    identifier,
    link,
    match_keys,
    normalized,
    web_address,
)
from integrations.works.vocabulary import IDENTIFIER_TYPES

types = st.sampled_from(sorted(IDENTIFIER_TYPES)) | st.text(max_size=12)
digits = st.text("0123456789", min_size=1, max_size=8).map(lambda text: f"1{text}")
doi_suffixes = (
    st.text(string.ascii_letters + string.digits + "-_()/.", min_size=1, max_size=30)
    .map(lambda text: f"a{text}z")
    .filter(lambda text: text.count("(") == text.count(")"))
)


@given(types, st.text())
def test_normalising_twice_is_normalising_once(kind: str, value: str) -> None:
    once = normalized(kind, value)

    assert normalized(kind, once) == once


@given(st.integers(1000, 999_999).map("10.{}".format), doi_suffixes)
def test_a_doi_is_the_same_bare_with_a_prefix_and_as_an_address(prefix: str, suffix: str) -> None:
    doi = f"{prefix}/{suffix}"

    forms = [
        doi,
        doi.upper(),
        f"doi:{doi}",
        f"DOI: {doi}",
        f"https://doi.org/{doi}",
        f"http://dx.doi.org/{doi}",
        f" {doi} ",
        f"https://doi.org/{doi.replace('/', '%2F')}",
    ]

    assert {normalized("doi", form) for form in forms} == {doi.lower()}


@given(st.integers(0, 999_999_999))
def test_an_isbn_of_ten_digits_is_the_one_of_thirteen(number: int) -> None:
    nine = f"{number:09}"
    check = sum(place * int(digit) for place, digit in enumerate(nine, 1)) % 11
    ten = nine + ("X" if check == 10 else str(check))
    thirteen = isbn_numbers.to_isbn13(ten).replace("-", "").replace(" ", "")

    forms = [
        ten,
        thirteen,
        f"ISBN {ten}",
        f"ISBN-13: {thirteen}",
        f"urn:isbn:{thirteen}",
        "-".join([thirteen[:3], thirteen[3:5], thirteen[5:12], thirteen[12]]),
    ]

    assert {normalized("isbn", form) for form in forms} == {thirteen}


@given(digits)
def test_a_pubmed_number_is_the_same_in_every_form(number: str) -> None:
    pmid = [
        number,
        f"PMID: {number}",
        f"0{number}",
        f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
        f"https://www.ncbi.nlm.nih.gov/pubmed/{number}",
    ]
    pmc = [
        number,
        f"PMC{number}",
        f"pmc {number}",
        f"PMCID: PMC{number}",
        f"https://www.ncbi.nlm.nih.gov/pmc/articles/PMC{number}/",
        f"https://pmc.ncbi.nlm.nih.gov/articles/PMC{number}",
    ]

    assert {normalized("pmid", form) for form in pmid} == {number}
    assert {normalized("pmc", form) for form in pmc} == {f"PMC{number}"}


@given(
    st.integers(0, 999_999_999).map(lambda n: f"{n:09}").map(lambda n: f"{n[:4]}.{n[4:]}"),
    st.integers(1, 12),
)
def test_an_arxiv_number_is_the_same_whatever_its_version(number: str, version: int) -> None:
    forms = [
        number,
        f"arXiv:{number}",
        f"arXiv:{number}v{version}",
        f"https://arxiv.org/abs/{number}v{version}",
        f"https://arxiv.org/pdf/{number}",
        f"10.48550/arXiv.{number}",
    ]

    assert {normalized("arxiv", form) for form in forms} == {number}


@given(digits, st.text(string.ascii_letters + string.digits, min_size=1))
def test_a_handle_is_the_same_bare_with_a_prefix_and_as_an_address(prefix: str, local: str) -> None:
    handle = f"{prefix}/{local}"
    forms = [
        handle,
        f"hdl:{handle}",
        f"https://hdl.handle.net/{handle}",
        f"http://hdl.handle.net/{handle.upper()}",
    ]

    assert {normalized("handle", form) for form in forms} == {handle.lower()}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("doi", "123", ""),
        ("doi", "(doi:10.1000/abc).", "10.1000/abc"),
        ("doi", "10.1002/(SICI)1097-0258(19980815)17", "10.1002/(sici)1097-0258(19980815)17"),
        ("isbn", "978-0-306-40615-8", ""),  # wrong check digit
        ("issn", "ISSN 0317–8471", "0317-8471"),
        ("issn", "2434561x", "2434-561X"),
        ("issn", "0317-8472", ""),
        ("arxiv", "math.GT/0309136v1", "math/0309136"),
        ("arxiv", "about arXiv", ""),
        ("pmid", "twelve", ""),
        ("wosuid", "wos:000285416000014", "WOS:000285416000014"),
        ("wosuid", "000285416000014", "WOS:000285416000014"),
        ("eid", "https://www.scopus.com/record.uri?eid=2-s2.0-77952", "2-s2.0-77952"),
        ("handle", "https://repo.example/handle/1/2", "https://repo.example/handle/1/2"),
        ("uri", "http://Example.ORG/Path/", "https://example.org/Path"),
        ("mr", "MR:MR0123", "mr0123"),
        ("other-id", "  Some   Thing ", "some thing"),
        ("of-tomorrow", "X1", "x1"),
    ],
)
def test_normalised_form(kind: str, value: str, expected: str) -> None:
    assert normalized(kind, value) == expected


def test_works_are_matched_by_what_names_them_and_by_nothing_else() -> None:
    keys = match_keys(
        [
            {"type": "doi", "value": "https://doi.org/10.1000/A", "relationship": "self"},
            {"type": "arxiv", "value": "arXiv:2001.00001v3", "relationship": "version-of"},
            {"type": "isbn", "value": "9780306406157", "relationship": "part-of"},
            {"type": "doi", "value": "10.1000/grant", "relationship": "funded-by"},
            {"type": "issn", "value": "0317-8471", "relationship": "self"},
            {"type": "source-work-id", "value": "1", "relationship": "self"},
            {"type": "doi", "value": "none", "relationship": "self"},
        ]
    )

    assert keys == {("doi", "10.1000/a"), ("arxiv", "2001.00001")}


@given(types, st.text())
def test_a_link_is_a_web_address_or_nothing(kind: str, value: str) -> None:
    address = link(kind, value)

    assert not address or web_address(address)


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "https://", "http:///x", "https://a b", "//x.example", "https://["],
)
def test_what_is_no_web_address_is_never_linked(value: str) -> None:
    assert link("uri", value) == ""
    assert identifier("doi", "10.1000/a", "self", value)["url"] == "https://doi.org/10.1000/a"
