"""Values of *What is held about you*, as people read them."""

import datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from members.templatetags.history import label_of

register = template.Library()

# A page is to be read through: the whole of it is in the files.
LONGEST = 400


@register.filter
def held_value(value: Any) -> str:
    """One value in words: dates as the reader writes them, lists with commas."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "DATE_FORMAT")
    text = _said(value)
    if text.startswith(f"{settings.SITE_URL}/"):
        return format_html('<a href="{}">{}</a>', text, text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _said(value: Any) -> str:
    """What stands in lists and mappings, emptiness left out."""
    if isinstance(value, dict):
        told = [(label_of(str(key)), _said(each)) for key, each in value.items()]
        return "; ".join(f"{label}: {text}" for label, text in told if text)
    if isinstance(value, list):
        # Before and after, of which one may be nothing.
        if len(value) == 2 and None in value:
            return f"{_said(value[0]) or '–'} → {_said(value[1]) or '–'}"
        return ", ".join(text for each in value if (text := _said(each)))
    return "" if value is None else str(value)
