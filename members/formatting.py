"""Light formatting (Markdown) of what people write, made safe by an allow-list on the server."""

import re

import markdown
import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

_INLINE = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
_HEADINGS = {"h2", "h3", "h4"}
_SCHEMES = {"http", "https", "mailto"}
# The parser looks from each of these to the end of the text: thousands of them take it seconds, on
# a page that anybody may open. Nobody writes so many.
_OPENING = "[<"
_MOST_OPENING = 200
_LINK = re.compile(r"\[(?P<label>[^\[\]]+)\]\((?P<address>[^()\s]+)\)")


def render_description(text: str) -> SafeString:
    """A member's description: paragraphs, bold, italics, lists, links; nothing else survives."""
    return _render(text, _INLINE)


def render_notice(text: str) -> SafeString:
    """A longer text, such as a privacy notice: headings too, below the page's own `h1`."""
    return _render(text, _INLINE | _HEADINGS)


def _render(text: str, tags: set[str]) -> SafeString:
    html = _parse(text)
    # A top heading would stand beside the page's own.
    html = html.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    safe = nh3.clean(
        html,
        tags=tags,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="nofollow noopener",
    )
    return mark_safe(safe)  # noqa: S308  # nh3 has just cleaned it


def _parse(text: str) -> str:
    """The text as HTML; one made to keep the parser busy stays as it was typed."""
    if sum(map(text.count, _OPENING)) > _MOST_OPENING:
        return linebreaks(text.strip(), autoescape=True)
    try:
        return markdown.markdown(text, extensions=["sane_lists", "nl2br"], output_format="html")
    except RecursionError:  # lists in lists in lists …
        return linebreaks(text.strip(), autoescape=True)


def plain_text(text: str) -> str:
    """The same for the text part of a mail: it reads well as it was typed, but for its links."""
    return _LINK.sub(_link_in_words, text.replace("\r\n", "\n")).strip()


def _link_in_words(link: re.Match[str]) -> str:
    label, address = link["label"], link["address"]
    return address if label == address else f"{label} ({address})"
