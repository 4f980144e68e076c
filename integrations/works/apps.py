from django.apps import AppConfig


class WorksConfig(AppConfig):
    name = "integrations.works"
    label = "works"

    def ready(self) -> None:
        from integrations.works import receivers  # noqa: PLC0415  # needs the models

        receivers.connect()
