from collections.abc import Mapping
from typing import Any

from django import forms

from integrations.sandbox.web.works_shown import text, type_in_words
from integrations.sandbox.works import RELATIONSHIPS, WORK_TYPES, Content, content

Json = dict[str, Any]
ID_TYPES = (
    "doi", "isbn", "issn", "pmid", "pmc", "arxiv", "handle", "uri", "eid", "wosuid", "other-id",
)  # fmt: skip
MONTHS = [("", "")] + [(f"{number:02}", f"{number:02}") for number in range(1, 13)]


class WorkForm(forms.Form):
    title = forms.CharField(max_length=1000)
    subtitle = forms.CharField(max_length=1000, required=False)
    type = forms.ChoiceField(
        choices=[(name, type_in_words(name)) for name in sorted(WORK_TYPES)],
        initial="journal-article",
    )
    journal = forms.CharField(label="Journal or container", max_length=1000, required=False)
    year = forms.IntegerField(label="Year of publication", required=False, min_value=1)
    month = forms.ChoiceField(choices=MONTHS, required=False)
    day = forms.IntegerField(required=False, min_value=1, max_value=31)
    url = forms.URLField(label="Link", required=False, max_length=2000, assume_scheme="https")
    short_description = forms.CharField(
        label="Description", required=False, max_length=5000, widget=forms.Textarea
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("month") and not data.get("year"):
            self.add_error("year", "A month needs its year.")
        if data.get("day") and not data.get("month"):
            self.add_error("month", "A day needs its month.")
        return data


class IdentifierForm(forms.Form):
    type = forms.ChoiceField(label="Kind", required=False)
    value = forms.CharField(label="Value", required=False, max_length=2000)
    relationship = forms.ChoiceField(
        choices=[
            (name, type_in_words(name)) for name in ("self", *sorted(RELATIONSHIPS - {"self"}))
        ],
        initial="self",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.initial.get("type", "")
        # A type that only a system sends can stay, too.
        kinds = dict.fromkeys(filter(None, (*ID_TYPES, known)))
        self.fields["type"] = forms.ChoiceField(
            label="Kind",
            choices=[("", ""), *((kind, kind) for kind in kinds)],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("value") and not data.get("type"):
            self.add_error("type", "Say what kind of identifier this is.")
        return data


IdentifierFormSet = forms.formset_factory(IdentifierForm, extra=2, max_num=50)


def initial(summary: Mapping[str, Any], details: Mapping[str, Any]) -> Json:
    date = summary["publication-date"] or {}
    return {
        "title": text(summary["title"]["title"]),
        "subtitle": text(summary["title"]["subtitle"]),
        "type": summary["type"],
        "journal": text(summary["journal-title"]),
        **{part: text(date.get(part)) for part in ("year", "month", "day")},
        "url": text(summary["url"]),
        "short_description": details["short-description"],
    }


def initial_identifiers(summary: Mapping[str, Any]) -> list[Json]:
    return [
        {
            "type": item["external-id-type"],
            "value": item["external-id-value"],
            "relationship": item["external-id-relationship"],
            "url": item["external-id-url"],
        }
        for item in summary["external-ids"]["external-id"]
    ]


def edited(before: Mapping[str, Any], data: Json, identifiers: list[Json]) -> Content:
    """The work with what the form says; what it does not ask for stays as it was."""
    translated = (before.get("title") or {}).get("translated-title")
    return content(
        {
            **before,
            "title": {
                "title": data["title"],
                "subtitle": data["subtitle"],
                "translated-title": translated,
            },
            "type": data["type"],
            "journal-title": data["journal"],
            "publication-date": {part: data[part] for part in ("year", "month", "day")},
            "url": data["url"],
            "short-description": data["short_description"],
            "external-ids": {"external-id": [external_id(before, item) for item in identifiers]},
        }
    )


def external_id(before: Mapping[str, Any], item: Json) -> Json:
    """One that stood there already keeps its link."""
    old = (before.get("external-ids") or {}).get("external-id") or []
    links = {(one["external-id-type"], one["external-id-value"]): one for one in old}
    known = links.get((item["type"], item["value"]), {})
    return {
        "external-id-type": item["type"],
        "external-id-value": item["value"],
        "external-id-url": known.get("external-id-url"),
        "external-id-relationship": item["relationship"] or "self",
    }
