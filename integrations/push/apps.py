from django.apps import AppConfig


class PushConfig(AppConfig):
    name = "integrations.push"
    label = "push"

    def ready(self) -> None:
        from contacts.held import register  # noqa: PLC0415  # the same
        from integrations.push import held, receivers  # noqa: PLC0415  # need the models

        receivers.connect()
        register(held.offer)
