"""Sign-in, mounted below `/accounts/`; a person's connection; where ORCID calls."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns
from django.urls import URLPattern, path

from integrations.orcid.provider import OrcidProvider
from integrations.orcid.views import connecting, webhooks

urlpatterns = default_urlpatterns(OrcidProvider)

connection_urls: list[URLPattern] = [
    path("me/accounts/orcid/connect/", connecting.connect, name="orcid_connect"),
    path("me/accounts/orcid/connected/", connecting.connected, name="orcid_connected"),
    path("me/accounts/orcid/disconnect/", connecting.disconnect, name="orcid_disconnect"),
    path("-/orcid/<int:pk>/<str:key>/", webhooks.record_changed, name="orcid_webhook"),
]
