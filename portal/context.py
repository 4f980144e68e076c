"""What every template knows of the deployment."""

from django.conf import settings
from django.http import HttpRequest


def deployment(request: HttpRequest) -> dict[str, object]:
    return {
        "PORTAL_NAME": settings.PORTAL_NAME,
        "PORTAL_LOGO": settings.PORTAL_LOGO,
        "HELPDESK_EMAIL": settings.HELPDESK_EMAIL,
        "ORCID_BASE_URL": settings.ORCID_BASE_URL,
    }
