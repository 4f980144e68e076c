"""Light formatting in templates; the safety is in `members.formatting`."""

from django import template
from django.utils.safestring import SafeString

from members.formatting import render_description, render_notice

register = template.Library()


@register.filter
def formatted(text: str) -> SafeString:
    return render_description(text)


@register.filter
def formatted_notice(text: str) -> SafeString:
    return render_notice(text)
