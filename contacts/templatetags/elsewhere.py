"""The services people may sign in by, for the sign-in page."""

from django import template

from contacts.elsewhere import services

register = template.Library()


@register.simple_tag
def sign_in_services() -> list[tuple[str, str]]:
    """Id and name of each that the settings have a client for."""
    return [(service, services.NAMES[service]) for service in services.switched_on()]
