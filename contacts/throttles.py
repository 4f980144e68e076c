"""Counting what one person does within a time, in the cache that all workers share."""

from django.core.cache import cache


def throttled(what: str, *, most: int, seconds: int) -> bool:
    """Count one more of `what`; True when there have been more than `most` within `seconds`.

    The time runs from the first one.
    """
    key = f"throttle:{what}"
    if cache.add(key, 1, seconds):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two
        cache.set(key, 1, seconds)
        return most < 1


def used_up(what: str, *, most: int) -> bool:
    """Whether `what` has been counted that often within its time; counts nothing."""
    counted: int = cache.get(f"throttle:{what}", 0)
    return counted >= most
