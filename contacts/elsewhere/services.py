"""Accounts elsewhere that a person may connect, to sign in by: those the settings have a client for.

They are one more way into an account that is there: nobody gets one by them, and access to Member
Tools follows the iD alone (C4).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount, SocialApp
from django.conf import settings

from contacts.institutional.clients import is_institution
from contacts.models import InstitutionalSignIn, User
from contacts.models.institutional import PROVIDER_PREFIX
from integrations.orcid.provider import OrcidProvider

NAMES = {
    "google": "Google",
    "linkedin": "LinkedIn",
    "facebook": "Facebook",
    "weixin": "WeChat",
}


def switched_on() -> list[str]:
    return [service for service in NAMES if all(settings.SIGN_IN_CLIENTS[service])]


def apps_for(provider: str | None) -> list[SocialApp]:
    """allauth's view of them, made in memory: no secret is a plain row."""
    wanted = [service for service in switched_on() if provider in {None, service}]
    return [_app(service) for service in wanted]


def _app(service: str) -> SocialApp:
    client_id, secret = settings.SIGN_IN_CLIENTS[service]
    return SocialApp(
        provider=service,
        name=NAMES[service],
        client_id=client_id,
        secret=secret,
        settings={"fetch_userinfo": False},
    )


def service_name(provider: str) -> str:
    """What people call it, by a `SocialAccount.provider`."""
    return _names([provider])[provider][0]


@dataclass(frozen=True)
class Way:
    """One account elsewhere, or a service by which there could be one."""

    name: str
    service: str
    is_offered: bool
    account: SocialAccount | None = None

    @property
    def known_as(self) -> str:
        """What the service calls the person."""
        said = self.account.extra_data if self.account else {}
        return str(said.get("email") or said.get("name") or "")


def ways_of(user: User) -> tuple[list[Way], datetime.datetime | None]:
    """The person's accounts elsewhere, then what else is offered; and the last sign-in with ORCID.

    Two queries, however many there are.
    """
    accounts = list(SocialAccount.objects.filter(user=user).order_by("provider", "pk"))
    names = _names(account.provider for account in accounts)
    ways = [
        Way(names[one.provider][0], one.provider, names[one.provider][1], one)
        for one in accounts
        if one.provider != OrcidProvider.id
    ]
    missing = [name for name in switched_on() if name not in names]
    orcid = next((one for one in accounts if one.provider == OrcidProvider.id), None)
    return [*ways, *(Way(NAMES[one], one, True) for one in missing)], orcid and orcid.last_login  # noqa: FBT003


def _names(providers: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """The name of each, and whether one can sign in by it at present."""
    wanted = set(providers)
    slugs = [one.removeprefix(PROVIDER_PREFIX) for one in wanted if is_institution(one)]
    rows = InstitutionalSignIn.objects.select_related("member").filter(slug__in=slugs)
    named = {row.provider_id: (row.shown_name, row.is_on) for row in rows} if slugs else {}
    on = switched_on()
    own = {
        OrcidProvider.id: (str(OrcidProvider.name), True),
        **{service: (name, service in on) for service, name in NAMES.items()},
    }
    return {one: named.get(one) or own.get(one) or (one, False) for one in wanted}
