"""Default deny: whatever is not public by name, with a reason, asks for sign-in (A1)."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.access.urlconf import View, every_view

PUBLIC = {
    "home": "says what this is",
    "privacy": "the consortium's privacy notice",
    "privacy_notices": "leads to the notices",
    "processing": "the record of processing, which names nobody but who answers for it",
    "theme": "colours",
    "icon": "the browser tab's icon",
    "alive": "health",
    "ready": "health",
    "directory:list": "the public directory",
    "directory:detail": "the public directory",
    "directory:logo": "the public directory",
    "api:directory-list": "the public directory",
    "api:directory-detail": "the public directory",
    "api_schema": "the API's documentation",
    "api_docs": "the API's documentation",
    "api_unknown": "tells that nothing is there",
    "account_login": "sign-in itself",
    "account_logout": "leads home whoever is signed out",
    "account_inactive": "tells a person whose account is closed",
    "institutions": "chooses where to sign in: members that offer it, no person",
    "institution_login": "sign-in itself",
    "institution_callback": "sign-in itself",
    "institution_acs": "sign-in itself: posted by the institution, checked in `institution_finish`",
    "institution_finish": "sign-in itself",
    "institution_metadata": "what an institution has to know of this portal: addresses, public keys",
    "mfa_authenticate": "the second step of signing in; without the first it leads there",
    "service_login": "sign-in itself, by an account elsewhere",
    "service_callback": "sign-in itself, by an account elsewhere",
    "orcid_login": "sign-in itself",
    "orcid_callback": "sign-in itself",
    "orcid_webhook": "ORCID calls, without session: always 204, tells nothing",
    "keeper_invitation": "a mailed link: a place on a publications desk, before sign-in",
    "keeper_not_me": "a mailed link: takes its owner off a publications desk, and nothing else",
    "permission_request": "a mailed link: what an institution asks for, before sign-in",
    "people:profile": "what a person has made public: 404 otherwise, tests/profile",
    "people:picture": "the same: 404 unless the profile is public, tests/profile",
    "invitation": "a mailed link: what is offered, before sign-in (C3)",
    "help_request": "the way in for those who have none",
    "help_status": "a mailed link: what becomes of a request",
    "recovery": "a mailed link: whoever was told may object (A5)",
    "preferences": "a mailed link: what its receiver wants to hear of",
    "unsubscribe": "a mailed link that works without signing in (RFC 8058)",
    "disown": "a mailed link that works without signing in (C2)",
}
# Endpoints answer 401 instead of leading to sign-in: tests/api/test_problems.py.
GUARDED = [
    view for view in every_view() if view.name not in PUBLIC and not view.name.startswith("api:")
]
# An argument that fits any address without meaning anything.
ANY = {
    "pk": 999_999,
    "slug": "no-such",
    "consortium": "no-such",
    "token": "no-such",
    "key": "no-such",
    "orcid": "no-such",
}


def address_of(view: View) -> str:
    return reverse(view.name, kwargs={name: ANY.get(name, 1) for name in view.arguments})


def test_every_public_view_is_known_and_every_known_one_exists() -> None:
    # All endpoints of the API are open to the middleware: their permission classes guard them.
    pages = [view for view in every_view() if _permission_classes(view) is None]
    open_views = {view.name for view in pages if not view.asks_for_sign_in}

    assert open_views | _open_by_permission_class() == set(PUBLIC)


def _open_by_permission_class() -> set[str]:
    """DRF's views do not heed the middleware; theirs are the permission classes."""
    found = set()
    for view in every_view():
        classes = _permission_classes(view)
        if classes is not None and any(c.__name__ == "AllowAny" for c in classes):
            found.add(view.name)
    return found


def _permission_classes(view: View) -> list[type] | None:
    cls = getattr(view.callback, "cls", None) or getattr(view.callback, "view_class", None)
    return getattr(cls, "permission_classes", None)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("view", GUARDED, ids=lambda view: view.name)
def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(
    client: Client, view: View, method: str
) -> None:
    address = address_of(view)

    response = getattr(client, method)(address)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse(settings.LOGIN_URL)}?next={address}"
