"""What the deployment looks like: its colour as a stylesheet, its mark as an icon."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from members.http import same_for_all
from portal.theme import make_theme

_DAY = 24 * 3600


@same_for_all
@login_not_required
@require_safe
@cache_control(public=True, max_age=30 * _DAY)
def theme(request: HttpRequest) -> HttpResponse:
    """The colours as custom properties; pages ask with the colour's hash, so a change shows."""
    colours = make_theme(settings.PORTAL_COLOUR)
    css = (
        f":root{{--brand:{colours.brand};--brand-contrast:{colours.contrast};"
        f"--brand-strong:{colours.strong};--brand-hover:{colours.hover};"
        f"--brand-tint:{colours.tint};--brand-wash:{colours.wash}}}\n"
    )
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@same_for_all
@login_not_required
@require_safe
@cache_control(public=True, max_age=_DAY)
def icon(request: HttpRequest) -> HttpResponse:
    colours = make_theme(settings.PORTAL_COLOUR)
    svg = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        '<rect width="32" height="32" rx="7" fill="{}"/><text x="16" y="23" text-anchor="middle" '
        'font-family="sans-serif" font-weight="700" font-size="20" fill="{}">{}</text></svg>',
        colours.brand,
        colours.contrast,
        settings.PORTAL_NAME[:1].upper(),
    )
    return HttpResponse(svg, content_type="image/svg+xml")
