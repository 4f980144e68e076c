"""Identifiers of works: the one form by which two are compared, and where each one leads.

People and systems write the same DOI as `10.1000/ABC`, `doi:10.1000/abc` or
`https://doi.org/10.1000/abc`; `normalized` makes one of all of them (rule O7).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from stdnum import isbn, issn

from integrations.works.vocabulary import GROUPING_RELATIONSHIPS

# An ISSN names a serial, a number of the source's own or of a grant names anything: two works that
# share one of these are not the same work.
_NOT_OF_ONE_WORK = frozenset(
    {"issn", "source-work-id", "other-id", "grant_number", "proposal-id", "raid"}
)

# Longer is no identifier, and may be made to keep the patterns below busy.
_LONGEST = 5000
_DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.I)
_DOI = re.compile(r"(?<![\w.])10(?:\.[0-9a-z]+)+/\S*[^\s.,;:\"'>]", re.I | re.A)
_ISBN = re.compile(r"(?<!\d)(?:97[89][- ]?)?(?:\d[- ]?){9}[\dX](?!\d)", re.I | re.A)
_ISSN = re.compile(r"(?<!\d)\d{4}-?\d{3}[\dX](?!\d)", re.I | re.A)
_PMID = re.compile(
    r"(?:pmid[:/\s]*|(?:https?://)?(?:[\w.]+/)*pubmed(?:[:/]|\.ncbi\.nlm\.nih\.gov/)|med:)?"
    r"\s*0*([1-9]\d{0,9})(?:[/?#].*)?",
    re.I | re.A,
)
_PMC = re.compile(
    r"(?:(?:https?://)?(?:[\w.]+/)*)?(?:pmcid:\s*)?(?:pmc)?[\s-]?0*([1-9]\d{0,9})(?:\.\d+)?(?:[/?#].*)?",
    re.I | re.A,
)
_ARXIV = re.compile(
    r"(?:^|[/:\s]|arxiv\.)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?!\w)", re.I | re.A
)
_HANDLE = re.compile(
    r"(?:(?:https?://)?hdl\.handle\.net/|hdl:\s*|info:hdl/|handle:\s*)?(\d[\w.]*/\S+)", re.I
)
_EID = re.compile(r"2-s2\.0-\d+", re.I | re.A)
_WOS = re.compile(r"(?:wos|isi)?\s*:?\s*([A-Z0-9]{10,})", re.I | re.A)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def normalized(type: str, value: str) -> str:  # noqa: A002 - ORCID's word
    """The form by which two identifiers of a type are compared; "" when none can be made.

    DOI in small letters without its address, ISBN with thirteen digits, ISSN with its hyphen,
    arXiv without the version; of other types the text in small letters.
    """
    if len(value) > _LONGEST:
        return ""
    return _NORMALIZE.get(type, _plain)(type, " ".join(value.split()))


def match_keys(identifiers: Iterable[Mapping[str, str]]) -> frozenset[tuple[str, str]]:
    """(type, normalised value) of those that name this work or a version of it, as ORCID groups.

    Two works with a key in common are the same one (rule O7).
    """
    keys = set()
    for each in identifiers:
        if each.get("relationship") not in GROUPING_RELATIONSHIPS:
            continue
        kind = each.get("type", "")
        value = "" if kind in _NOT_OF_ONE_WORK else normalized(kind, each.get("value", ""))
        if value:
            keys.add((kind, value))
    return frozenset(keys)


def link(type: str, value: str) -> str:  # noqa: A002 - ORCID's word
    """The https address at which the identifier leads to the work; "" when it has none."""
    if type == "uri":
        return value.strip() if web_address(value.strip()) else ""
    plain = normalized(type, value)
    prefix = _LEADS_TO.get(type)
    if not plain or not prefix:
        return ""
    if web_address(plain):  # a handle that is kept as the address of its repository
        return plain
    return prefix + quote(plain, safe="/:;()@!$*,._-~")


def web_address(value: str) -> bool:
    """Whether it may stand in a link: http or https, with a host, in one piece."""
    if re.search(r"[\s<>\"\\]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def identifier(type: str, value: str, relationship: str, url: str = "") -> dict[str, str]:  # noqa: A002
    """An entry of `Work.identifiers`. The address given with it is kept if it is a web address."""
    return {
        "type": type,
        "value": value,
        "normalized": normalized(type, value),
        "url": url if web_address(url) else link(type, value),
        "relationship": relationship,
    }


# --- Each type's own form ------------------------------------------------------------------------


def _plain(kind: str, value: str) -> str:
    """Small letters, and without the type in front (`mr:MR0123` is `mr0123`)."""
    plain = value.casefold()
    while plain.startswith(f"{kind.casefold()}:"):
        plain = plain[len(kind) + 1 :].lstrip()
    return plain


def _doi(_kind: str, value: str) -> str:
    if _DOI_ADDRESS.match(value):
        value = unquote(value)
    found = _DOI.search(value)
    if not found:
        return ""
    doi = found[0].lower()
    # `(doi:10.1000/abc)`: the bracket belongs to the sentence; `10.1002/(sici)1097` keeps its own.
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:\"'>")
    return doi if doi.partition("/")[2] else ""


def _isbn(_kind: str, value: str) -> str:
    for found in _ISBN.findall(value.translate(_DASHES)):
        if isbn.is_valid(found):
            return str(isbn.compact(found, convert=True))
    return ""


@lru_cache(maxsize=4096)  # many works, few journals
def _issn(_kind: str, value: str) -> str:
    for found in _ISSN.findall(value.translate(_DASHES)):
        if issn.is_valid(found):
            return str(issn.format(found.upper()))
    return ""


def _pmid(_kind: str, value: str) -> str:
    found = _PMID.fullmatch(value)
    return found[1] if found else ""


def _pmc(_kind: str, value: str) -> str:
    found = _PMC.fullmatch(value)
    return f"PMC{found[1]}" if found else ""


def _arxiv(_kind: str, value: str) -> str:
    found = _ARXIV.search(value)
    # math.GT/0309136 is math/0309136: the subject class is no part of the number.
    return re.sub(r"\.[a-z]{2}/", "/", found[1].lower()) if found else ""


def _handle(_kind: str, value: str) -> str:
    found = _HANDLE.fullmatch(unquote(value) if value.lower().startswith("http") else value)
    if found:
        return found[1].lower()
    return _uri(_kind, value) if web_address(value) else ""


def _eid(_kind: str, value: str) -> str:
    found = _EID.search(value)
    return found[0].lower() if found else ""


def _wos(_kind: str, value: str) -> str:
    found = _WOS.fullmatch(value)
    return f"WOS:{found[1].upper()}" if found else ""


def _uri(_kind: str, value: str) -> str:
    """One form for http and https, any case of the host, with and without the last slash."""
    if not web_address(value):
        return value
    parts = urlsplit(value)
    return urlunsplit(("https", parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


_NORMALIZE: dict[str, Callable[[str, str], str]] = {
    "doi": _doi,
    "isbn": _isbn,
    "issn": _issn,
    "pmid": _pmid,
    "pmc": _pmc,
    "arxiv": _arxiv,
    "handle": _handle,
    "eid": _eid,
    "wosuid": _wos,
    "uri": _uri,
}
_LEADS_TO = {
    "doi": "https://doi.org/",
    "isbn": "https://search.worldcat.org/search?q=bn:",
    "issn": "https://portal.issn.org/resource/ISSN/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/",
    "arxiv": "https://arxiv.org/abs/",
    "handle": "https://hdl.handle.net/",
    "wosuid": "https://www.webofscience.com/wos/woscc/full-record/",
    "bibcode": "https://ui.adsabs.harvard.edu/abs/",
    "jstor": "https://www.jstor.org/stable/",
    "lccn": "https://lccn.loc.gov/",
    "mr": "https://mathscinet.ams.org/mathscinet-getitem?mr=",
    "oclc": "https://search.worldcat.org/title/",
    "osti": "https://www.osti.gov/biblio/",
    "rfc": "https://www.rfc-editor.org/rfc/",
    "ssrn": "https://papers.ssrn.com/abstract_id=",
    "urn": "https://nbn-resolving.org/",
    "zbl": "https://zbmath.org/?q=an:",
}
