"""What this app keeps: the state of the rate limiter."""

from django.db import models


class RateBucket(models.Model):
    """One token bucket shared by all workers, where there is no Redis (rule O5).

    `full_at` is the moment, in microseconds since 1970, at which the bucket will be full again:
    all that the algorithm (GCRA) needs to know.
    """

    name = models.CharField(max_length=50, primary_key=True)
    full_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
