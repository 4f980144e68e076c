"""A person's connection; where ORCID calls. Sign-in is mounted in `contacts/account_urls.py`."""

from django.urls import URLPattern, path

from integrations.orcid.views import connecting, webhooks

connection_urls: list[URLPattern] = [
    path("me/accounts/orcid/connect/", connecting.connect, name="orcid_connect"),
    path("me/accounts/orcid/connected/", connecting.connected, name="orcid_connected"),
    path("-/orcid/<int:pk>/<str:key>/", webhooks.record_changed, name="orcid_webhook"),
]
