"""How every form of the portal is rendered: one field template, Bootstrap's classes on the widgets."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

# By the widget's template, as Bootstrap names its parts; other inputs are `form-control`.
_CLASSES = {
    "select.html": "form-select",
    "checkbox.html": "form-check-input",
    "checkbox_option.html": "form-check-input",
    "radio_option.html": "form-check-input",
    "clearable_file_input.html": "form-control",
}
_CONTROLS = {"input", "text", "email", "url", "number", "password", "date", "datetime", "time"}
_CONTROLS |= {"textarea", "file", "search", "tel", "color"}


class PortalFormRenderer(TemplatesSetting):
    form_template_name = "forms/_fields.html"
    field_template_name = "forms/_field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        widget = context.get("widget")
        if widget is not None and template_name.startswith("django/forms/widgets/"):
            _add_class(widget, template_name.rpartition("/")[2])
        return super().render(template_name, context, request)


def _add_class(widget: dict[str, Any], template: str) -> None:
    added = _CLASSES.get(template)
    if added is None:
        added = "form-control" if template.removesuffix(".html") in _CONTROLS else ""
    attrs = widget["attrs"]
    if added and added not in attrs.get("class", "").split():
        widget["attrs"] = attrs | {"class": f"{attrs.get('class', '')} {added}".strip()}
