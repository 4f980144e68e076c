from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts import held, sign_in_changes  # noqa: F401, PLC0415  # what follows from a change
        from contacts.held import account, acting, history  # noqa: PLC0415  # need the models

        held.register(account.offer)
        held.register(acting.offer)
        held.register(history.offer, history.DEEDS)
