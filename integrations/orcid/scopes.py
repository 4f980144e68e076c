"""The permissions that are asked of a person at ORCID."""

from collections.abc import Iterable

SIGN_IN = "openid"
# Works and everything else that the person shows to everyone or to trusted parties.
READ_LIMITED = "/read-limited"
# Works and affiliations are added, changed and deleted: what this client wrote, nothing else.
ACTIVITIES_UPDATE = "/activities/update"
# Asked of nobody: the client's own, without a person.
READ_PUBLIC = "/read-public"
WEBHOOK = "/webhook"

# What *Connect* asks for: exactly what is needed, and no `openid`, as the iD comes with the token.
CONNECT = (READ_LIMITED,)


def missing(granted: Iterable[str], asked: Iterable[str] = CONNECT) -> list[str]:
    """Those of the asked ones that were not granted. The order of ORCID's list says nothing."""
    have = set(granted)
    return [scope for scope in asked if scope not in have]
