"""Which records have changed, asked of the registry's search: a hint, since its index lags."""

import datetime
from collections.abc import Sequence

from integrations.orcid import public
from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.ids import is_orcid

# iDs in one question: an address of about two thousand characters.
MOST = 100


def changed_since(orcids: Sequence[str], since: datetime.datetime) -> set[str]:
    """Those of up to 100 iDs whose public record the index knows to have changed since.

    One call. What is not public does not show, and what is new shows late: who is missing here may
    have changed all the same. Raises `OrcidRefused` and `OrcidUnavailable`.
    """
    if not orcids:
        return set()
    if len(orcids) > MOST:
        raise ValueError(f"More than {MOST} iDs at once.")
    instant = since.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = f"orcid:({' OR '.join(orcids)}) AND profile-last-modified-date:[{instant} TO *]"
    answer = public.read_public("/search", params={"q": query, "rows": str(MOST)})
    rows = answer.get("result") or []  # null when nothing was found
    if not isinstance(rows, list):
        raise OrcidUnavailable("ORCID's search result cannot be read.")
    return {orcid for row in rows if (orcid := _orcid(row)) in orcids}


def _orcid(row: object) -> str:
    found = row.get("orcid-identifier") if isinstance(row, dict) else None
    path = found.get("path") if isinstance(found, dict) else None
    return path if isinstance(path, str) and is_orcid(path) else ""
