from django.apps import AppConfig


class OrcidConfig(AppConfig):
    name = "integrations.orcid"
    label = "orcid"
