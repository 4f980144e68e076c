"""Days as rules count them: by the portal's own clock, whatever time zone a person has chosen.

What a person reads is in their zone (`portal.middleware`); when a membership ends, or access does, must
not depend on who looks.
"""

import datetime

from django.conf import settings
from django.utils import timezone


def today() -> datetime.date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def day_of(moment: datetime.datetime) -> datetime.date:
    """The day on which it happened."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def start_of(day: datetime.date) -> datetime.datetime:
    """Its first moment."""
    midnight = datetime.datetime.combine(day, datetime.time.min)
    return timezone.make_aware(midnight, timezone.get_default_timezone())


def end_of(day: datetime.date) -> datetime.datetime:
    """The first moment after it."""
    return start_of(day + datetime.timedelta(days=1))


def iso_day(moment: datetime.datetime | None) -> str:
    """The day on which it happened, for files; empty where it did not."""
    return day_of(moment).isoformat() if moment else ""


def days_ago(setting: str) -> datetime.datetime:
    """So many days before now as that setting says."""
    days: int = getattr(settings, setting)
    return timezone.now() - datetime.timedelta(days=days)
