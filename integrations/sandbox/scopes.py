"""ORCID's scopes: who may ask for them, what they include, what they are called on the page."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    OPENID = "openid"
    AUTHENTICATE = "/authenticate"
    READ_LIMITED = "/read-limited"
    ACTIVITIES_UPDATE = "/activities/update"
    PERSON_UPDATE = "/person/update"
    ACTIVITIES_READ_LIMITED = "/activities/read-limited"
    PERSON_READ_LIMITED = "/person/read-limited"
    EMAIL_READ_PRIVATE = "/email/read-private"
    READ_PUBLIC = "/read-public"
    WEBHOOK = "/webhook"
    PREMIUM_NOTIFICATION = "/premium-notification"
    GROUP_ID_RECORD_READ = "/group-id-record/read"
    GROUP_ID_RECORD_UPDATE = "/group-id-record/update"
    # Exists, but has been granted to nobody for years.
    PROFILE_CREATE = "/orcid-profile/create"


# The consent page's wording for what a person can be asked for.
PERMISSIONS = {
    Scope.OPENID: "Get your ORCID iD",
    Scope.AUTHENTICATE: "Get your ORCID iD",
    Scope.READ_LIMITED: "Read your information with visibility set to Trusted parties",
    Scope.ACTIVITIES_READ_LIMITED: (
        "Read your research activities with visibility set to Trusted parties"
    ),
    Scope.PERSON_READ_LIMITED: (
        "Read information about you with visibility set to Trusted parties"
    ),
    Scope.ACTIVITIES_UPDATE: (
        "Add and update your research activities (works, affiliations, funding and so on)"
    ),
    Scope.PERSON_UPDATE: (
        "Add and update other information about you (websites, keywords, country and so on)"
    ),
    Scope.EMAIL_READ_PRIVATE: "Read all your verified e-mail addresses, also those only you can see",
}

USER_SCOPES = frozenset(PERMISSIONS)
CLIENT_SCOPES = frozenset(
    {
        Scope.READ_PUBLIC,
        Scope.WEBHOOK,
        Scope.PREMIUM_NOTIFICATION,
        Scope.GROUP_ID_RECORD_READ,
        Scope.GROUP_ID_RECORD_UPDATE,
    }
)
PUBLIC_CLIENT_SCOPES = frozenset({Scope.OPENID, Scope.AUTHENTICATE, Scope.READ_PUBLIC})
# Given by arrangement only; the people file says to whom (`extra_scopes`).
ARRANGED_SCOPES = frozenset({Scope.EMAIL_READ_PRIVATE})
# OpenID Connect's own, which ORCID takes and ignores.
IGNORED_SCOPES = frozenset({"profile", "email", "address", "phone", "offline_access"})

INCLUDES = {
    Scope.READ_LIMITED: {Scope.ACTIVITIES_READ_LIMITED, Scope.PERSON_READ_LIMITED},
}


class UnknownScopeError(ValueError):
    """The text is the scope that does not exist."""


class ForbiddenScopeError(ValueError):
    """The text is the scope that exists, but not for this client or this way."""


def parse(text: str) -> frozenset[Scope]:
    """The scopes of a request parameter, without those that ORCID silently ignores."""
    found = set()
    for name in text.split():
        if name in IGNORED_SCOPES:
            continue
        try:
            found.add(Scope(name))
        except ValueError:
            raise UnknownScopeError(name) from None
    return frozenset(found)


def check_client(scopes: Iterable[Scope], *, is_member: bool, extra_scopes: list[str]) -> None:
    """Raise ForbiddenScopeError for the first scope that this client may not ask for."""
    for scope in sorted(scopes):
        is_open = scope in PUBLIC_CLIENT_SCOPES or (is_member and scope not in ARRANGED_SCOPES)
        if scope not in USER_SCOPES | CLIENT_SCOPES or not (is_open or scope in extra_scopes):
            raise ForbiddenScopeError(scope)


def check_client_credentials(scopes: frozenset[Scope]) -> None:
    """Raise ForbiddenScopeError unless all of these can be had without a person."""
    if not scopes or scopes - CLIENT_SCOPES:
        raise ForbiddenScopeError(" ".join(sorted(scopes - CLIENT_SCOPES)))


def include(granted: Iterable[str], wanted: Scope) -> bool:
    """Whether a token with `granted` may do what `wanted` stands for (orcid-api.md, 1.6)."""
    for name in granted:
        scope = Scope(name)
        if scope == wanted or wanted in INCLUDES.get(scope, set()):
            return True
        # Every permission of a person implies reading what is public.
        if wanted == Scope.READ_PUBLIC and scope in USER_SCOPES:
            return True
    return False


def permissions(scopes: Iterable[Scope]) -> list[str]:
    """The scopes in words, each once, in the order of the consent page."""
    asked = set(scopes)
    return list(dict.fromkeys(text for scope, text in PERMISSIONS.items() if scope in asked))
