from django.apps import AppConfig


class PushConfig(AppConfig):
    name = "integrations.push"
    label = "push"

    def ready(self) -> None:
        from integrations.push import receivers  # noqa: PLC0415  # needs the models

        receivers.connect()
