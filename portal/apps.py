from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "portal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        """All models are there; forms that take their labels from them are not yet."""
        from portal.model_names import translate_model_names  # noqa: PLC0415  # needs the models

        translate_model_names()
        super().ready()


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import checks  # noqa: F401, PLC0415  # registers the system checks
