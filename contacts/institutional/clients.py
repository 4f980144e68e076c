"""allauth's view of institutions: an app for each, made in memory, so that no secret is a plain row."""

from typing import Any

from allauth.socialaccount.models import SocialApp

from contacts.institutional.oidc import InstitutionOidcProvider
from contacts.institutional.saml import InstitutionSamlProvider
from contacts.models import InstitutionalSignIn
from contacts.models.institutional import PROVIDER_PREFIX

PROVIDERS: dict[str, Any] = {
    InstitutionalSignIn.Protocol.OIDC.value: InstitutionOidcProvider,
    InstitutionalSignIn.Protocol.SAML.value: InstitutionSamlProvider,
}


def is_institution(provider_id: str) -> bool:
    """Whether a `SocialAccount.provider` is an institution's."""
    return provider_id.startswith(PROVIDER_PREFIX)


def apps_for(provider: str | None) -> list[SocialApp]:
    """All that people may sign in through; or the one of that provider id, also if switched off."""
    rows = InstitutionalSignIn.objects.select_related("member")
    if provider is None:
        return [app_of(row) for row in rows.offered()]
    if not is_institution(provider):
        return []
    return [app_of(row) for row in rows.filter(slug=provider.removeprefix(PROVIDER_PREFIX))]


def app_of(row: InstitutionalSignIn) -> SocialApp:
    app = SocialApp(
        provider=PROVIDERS[row.protocol].id,
        provider_id=row.provider_id,
        name=row.shown_name,
        client_id=row.client_id if not row.is_saml else row.slug,
        secret=row.client_secret,
    )
    app.sign_in = row
    return app


def provider_of(request: Any, row: InstitutionalSignIn) -> Any:
    return PROVIDERS[row.protocol](request=request, app=app_of(row))
