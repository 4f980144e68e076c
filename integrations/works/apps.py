from django.apps import AppConfig


class WorksConfig(AppConfig):
    name = "integrations.works"
    label = "works"

    def ready(self) -> None:
        from contacts.held import register  # noqa: PLC0415  # the same
        from integrations.works import held, receivers  # noqa: PLC0415  # need the models

        receivers.connect()
        register(held.offer, held.DEEDS)
