"""The history of attempts is kept no longer than needed (rule H7); what is on the record stays known."""

from integrations.push.models import Attempt
from members.dates import days_ago

AT_ONCE = 5000


def forget_attempts() -> int:
    """Delete what is older than the settings allow; how many."""
    limit = days_ago("RETAIN_PUSH_LOG_DAYS")
    forgotten = 0
    while keys := list(Attempt.objects.before(limit).values_list("pk", flat=True)[:AT_ONCE]):
        Attempt.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
    return forgotten
