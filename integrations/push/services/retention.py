"""The history of attempts is kept no longer than needed (rule H7); what is on the record stays known."""

import datetime

from django.conf import settings
from django.utils import timezone

from integrations.push.models import Attempt

AT_ONCE = 5000


def forget_attempts() -> int:
    """Delete what is older than the settings allow; how many."""
    limit = timezone.now() - datetime.timedelta(days=settings.RETAIN_PUSH_LOG_DAYS)
    forgotten = 0
    while keys := list(Attempt.objects.before(limit).values_list("pk", flat=True)[:AT_ONCE]):
        Attempt.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
    return forgotten
