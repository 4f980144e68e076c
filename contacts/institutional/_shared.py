"""What OpenID Connect and SAML have in common: who came, where to go on, how long ago they signed in there."""

import time
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.utils import get_request_param
from django.http import HttpRequest
from django.urls import reverse

from contacts.institutional.attributes import Person
from contacts.institutional.problems import InstitutionFailed, Problem
from contacts.models import InstitutionalSignIn
from contacts.outside import asked
from integrations.orcid.id_token import FRESH_SECONDS

# Clocks differ a little.
LEEWAY_SECONDS = 60


class InstitutionProviderMixin:
    """What is the same by both protocols: who came, and where to begin."""

    app: SocialApp

    @property
    def sign_in(self) -> InstitutionalSignIn:
        found: InstitutionalSignIn = self.app.sign_in
        return found

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("institution_login", args=[self.sign_in.slug])

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """They may also ask to be asked for the password again, as a proof of who they are."""
        return {**asked(request), "fresh": get_request_param(request, "fresh") == "1"}

    def extract_uid(self, data: Person) -> str:
        return data.uid

    def extract_extra_data(self, data: Person) -> dict[str, str]:
        """What the page of connected accounts shows, nothing else."""
        return {"name": data.name, "email": data.email}

    def extract_common_fields(self, data: Person) -> dict[str, str]:
        # The address is the service's to keep, unproved: allauth would look for it among others'.
        return {"name": data.name}

    def extract_email_addresses(self, data: Person) -> list[Any]:
        return []


def check_fresh(state: Mapping[str, Any], signed_in_at: object) -> bool:
    """Whether the person has just signed in there; `signed_in_at` in seconds, as the signed statement
    says. Raises `InstitutionFailed` when that was asked for and is not so."""
    if not state.get("fresh"):
        return False
    if isinstance(signed_in_at, int | float):
        ago = time.time() - signed_in_at
        if -LEEWAY_SECONDS <= ago <= FRESH_SECONDS:
            return True
    raise InstitutionFailed(Problem.NOT_FRESH)
