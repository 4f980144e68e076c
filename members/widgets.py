"""Choices put together without a template for each: filters offer dozens on every page."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class PlainSelect(forms.Select):
    """A `<select>` as Django's own renders it, in one piece; without groups of options."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        own = self.build_attrs(self.attrs, {"class": "form-select", "name": name, **(attrs or {})})
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected") if str(key) in chosen else "", label)
                for key, label in self.choices
            ),
        )
        return format_html("<select{}>{}</select>", flatatt(own), options)


class PlainCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes as Django's own renders them, in one piece."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        first = (attrs or {}).get("id") or f"id_{name}"
        boxes = format_html_join(
            "",
            '<div><label for="{0}_{1}"><input type="checkbox" name="{2}" value="{3}"'
            ' class="form-check-input" id="{0}_{1}"{4}>{5}</label></div>',
            (
                (first, place, name, key, _checked(str(key) in chosen), label)
                for place, (key, label) in enumerate(self.choices)
            ),
        )
        return format_html('<div id="{}">{}</div>', first, boxes)


def _checked(is_chosen: bool) -> SafeString:  # noqa: FBT001  # private
    return SafeString(" checked" if is_chosen else "")
