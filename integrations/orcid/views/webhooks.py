"""Where ORCID calls when a record has changed."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.orcid import webhooks


@csrf_exempt  # ORCID has no session here; the key in the address is all there is
@login_not_required
@require_POST
def record_changed(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Always the same answer, whether the address means anything or not."""
    webhooks.heed(connection_id=pk, key=key)
    return HttpResponse(status=204)
