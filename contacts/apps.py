from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts import sign_in_changes  # noqa: F401, PLC0415  # what follows from a change
