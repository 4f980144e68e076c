"""What people may sign in by besides ORCID, for the sign-in page."""

from django import template

from contacts.elsewhere import services
from contacts.models import InstitutionalSignIn

register = template.Library()


@register.simple_tag
def sign_in_services() -> list[tuple[str, str]]:
    """Id and name of each that the settings have a client for."""
    return [(service, services.NAMES[service]) for service in services.switched_on()]


@register.simple_tag
def institutions_offer_sign_in() -> bool:
    """Whether there is one to choose; one query."""
    return InstitutionalSignIn.objects.offered().exists()
