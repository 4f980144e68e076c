"""Codes and tokens: issued, redeemed, withdrawn."""

import datetime as dt
import secrets
import string
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from integrations.sandbox.errors import OAuthError
from integrations.sandbox.models import AuthorizationCode, Client, Person, Token
from integrations.sandbox.scopes import Scope

# ORCID's numbers: about 20 years, or one hour when the person did not tick "keep".
LONG_LIFE = dt.timedelta(seconds=631_138_519)
SHORT_LIFE = dt.timedelta(hours=1)
CODE_SIGNS = string.ascii_letters + string.digits
CODE_LENGTH = 6


def new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def redeem_code(code: str, *, client: Client, redirect_uri: str) -> tuple[AuthorizationCode, Token]:
    """The code, now used, and its token. A second use revokes the token of the first."""
    found = AuthorizationCode.objects.filter(code=code, client=client).first()
    if found is None:
        raise OAuthError(400, "invalid_grant", f"Invalid authorization code: {code}")
    if found.used_at is None:
        if found.is_expired:
            raise OAuthError(400, "invalid_request", f"Expired authorization code: {code}")
        if redirect_uri != found.redirect_uri:
            raise OAuthError(400, "invalid_grant", "Redirect URI mismatch.")
        if token := spend(found):
            return found, token
    found.refresh_from_db()
    if found.token:
        found.token.disable(Token.Reason.AUTH_CODE_REUSED)
    raise OAuthError(400, "invalid_grant", f"Reused authorization code: {code}")


@transaction.atomic
def spend(code: AuthorizationCode) -> Token | None:
    """The code's token; None when another request with the same code was faster."""
    unused = AuthorizationCode.objects.filter(pk=code.pk, used_at=None)
    if not unused.update(used_at=timezone.now()):
        return None
    token = issue_token(
        client=code.client, person=code.person, scopes=code.scopes, persistent=code.persistent
    )
    AuthorizationCode.objects.filter(pk=code.pk).update(token=token)
    return token


def issue_token(
    *,
    client: Client,
    person: Person | None,
    scopes: Iterable[str],
    persistent: bool = True,
    **given: str,
) -> Token:
    """`given`: the tokens themselves, where they are not to be made up."""
    lifetime = LONG_LIFE if persistent else SHORT_LIFE
    return Token.objects.create(
        client=client,
        person=person,
        scopes=sorted(scopes),
        persistent=persistent,
        expires_at=timezone.now() + lifetime,
        **given,
    )


def refreshable_token(presented: str, *, client: Client) -> Token:
    """The living token that this refresh token came with; OAuthError in ORCID's words if none is."""
    if not presented:
        raise OAuthError(400, "invalid_request", "Missing refresh token")
    found = Token.objects.select_related("client", "person").filter(refresh_token=presented).first()
    if found is None or found.client != client:
        raise OAuthError(400, "unauthorized_client", "Unable to find the refresh token")
    if not found.is_live:
        raise disabled_parent()
    return found


@transaction.atomic
def refresh(
    parent: Token, *, scopes: Iterable[str], seconds: int | None, revoke_old: bool
) -> Token:
    """A new token of the same grant, which ends with the old one or earlier."""
    ends = parent.expires_at
    if seconds is not None:
        ends = timezone.now() + dt.timedelta(seconds=seconds)
        if ends > parent.expires_at:
            raise OAuthError(400, "invalid_request", "The token cannot live longer than its parent")
    live = Token.objects.filter(pk=parent.pk, disabled_at=None)
    if revoke_old:
        # Of two that refresh at once, one comes too late.
        alive = live.update(disabled_at=timezone.now(), disabled_reason=Token.Reason.CLIENT_REVOKED)
    else:
        alive = live.count()
    if not alive:
        raise disabled_parent()
    return Token.objects.create(
        client=parent.client,
        person=parent.person,
        scopes=sorted(scopes),
        persistent=parent.persistent,
        expires_at=ends,
    )


def disabled_parent() -> OAuthError:
    return OAuthError(400, "invalid_request", "Parent token is disabled")


def has_standing_grant(*, client: Client, person: Person, scopes: Iterable[Scope]) -> bool:
    """Whether a live long-lived token covers exactly these scopes: then nobody is asked again."""
    wanted = sorted(scopes)
    tokens = Token.objects.filter(client=client, person=person, persistent=True)
    return any(token.is_live and sorted(token.scopes) == wanted for token in tokens)
