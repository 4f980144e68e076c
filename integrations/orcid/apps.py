from django.apps import AppConfig


class OrcidConfig(AppConfig):
    name = "integrations.orcid"
    label = "orcid"
    verbose_name = "ORCID"
