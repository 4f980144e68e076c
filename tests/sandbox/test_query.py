import pytest

from integrations.sandbox.api.query import QuerySyntaxError, parse

DOCUMENT = {
    "orcid": ["0009-0009-9900-0011"],
    "email": ["jane@uni.org"],
    "given-names": ["José María"],
    "family-name": ["García-López"],
    "text": ["José María García-López"],
}


@pytest.mark.parametrize(
    "query",
    [
        "maria",
        "JOSE",
        "given-names:jose",
        'given-names:"jose maria"',
        "family-name:garcia-lopez",
        "family-name:Gar*",
        "family-name:l?pez",
        "orcid:0009-0009-9900-0011",
        r"email:jane\@uni.org",
        "email:*@uni.org",
        "email:*",
        "*:*",
        "nobody maria",
        "nobody OR maria",
        "jose AND maria",
        "jose AND NOT nobody",
        "jose -nobody",
        "NOT nobody",
        "+jose nobody",
        "(nobody OR jose) AND family-name:garcia",
        'email:("x@y.org" OR "jane@uni.org")',
        "given-names:jose^2 AND family-name:garcia~",
        "nobody AND jose OR maria",
    ],
)
def test_matches(query: str) -> None:
    assert parse(query)(DOCUMENT) > 0


@pytest.mark.parametrize(
    "query",
    [
        "nobody",
        "mar",
        'given-names:"maria jose"',
        "email:JANE@uni.org",
        "email:*@uni.or",
        'email:"*@uni.org"',
        "jose AND nobody",
        "jose NOT maria",
        "jose -maria",
        "+nobody jose",
        "no-such-field:jose",
        "biography:*",
    ],
)
def test_does_not_match(query: str) -> None:
    assert parse(query)(DOCUMENT) == 0


@pytest.mark.parametrize("query", ["", "(jose", "jose)", 'email:"open', "a AND", "orcid:[1 TO"])
def test_cannot_be_read(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse(query)


def test_more_matching_words_rank_higher() -> None:
    assert parse("jose maria")(DOCUMENT) > parse("jose nobody")(DOCUMENT)
