"""The whole form of a work: facts, identifiers, people.

It works without script: a button *Add a row* sends what was typed, and gets it back with one row
more and no word about what is missing yet.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict

from integrations.works import content as rules
from integrations.works.content import EMPTY, Content, tidy_lines
from integrations.works.forms.rows import (
    MOST_IDENTIFIERS,
    MOST_PEOPLE,
    AuthorRow,
    IdentifierRow,
    KnownAuthorForm,
    PersonRow,
    Row,
)
from integrations.works.forms.work import WorkForm, as_typed
from integrations.works.models.content import WorkContent

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
PARTS: Final[dict[str, type[Row]]] = {"identifiers": IdentifierRow, "contributors": PersonRow}
_MOST = {"identifiers": MOST_IDENTIFIERS, "contributors": MOST_PEOPLE}
# Who the people are can be said only where there is somebody to choose from.
_WITH_AUTHORS: Final = PARTS | {"contributors": AuthorRow}
# Folded away while it is empty.
_MORE = (
    "language_code", "country", "translated_title", "translated_title_language", "citation_type",
    "citation_value",
)  # fmt: skip
_FIRST_ROWS = {
    "identifiers": {"type": "doi", "value": "", "relationship": "self"},
    "contributors": {"name": "", "role": "author"},
}


class WorkEditor:
    """Facts and rows together. Without `data` it shows `content`."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        work: WorkContent | None = None,
        content: Content | None = None,
        authors: Sequence[tuple[str, str]] | None = None,
    ) -> None:
        """`authors` are those to choose from, (iD, name); None where nobody chooses."""
        self.work = work
        self.authors = authors
        # What the work says now; what is typed is compared with it.
        self.known: Content = content_of(work) if work else {**EMPTY}
        people = self.known["contributors"]
        self.kept_people = len(people) > MOST_PEOPLE or not all(each["name"] for each in people)
        shown = content or self.known
        self.form = WorkForm(
            data,
            known=self.known,
            initial=as_typed(shown) | {"version": self.version, "seen": seen_of(self.known)},
        )
        rows = {part: shown[part] or [_FIRST_ROWS[part]] for part in self.parts}
        self._make_sets(data, rows)
        self.one_more = self._one_more(data)

    def _one_more(self, data: QueryDict | None) -> KnownAuthorForm | None:
        """Where people have no rows, those who have signed in here can still be named."""
        if not self.kept_people or not self.authors:
            return None
        named = {each.get("orcid") for each in self.known["contributors"]}
        others = [pair for pair in self.authors if pair[0] not in named]
        return KnownAuthorForm(data, people=others) if others else None

    @classmethod
    def with_row(
        cls,
        data: QueryDict,
        *,
        work: WorkContent | None = None,
        authors: Sequence[tuple[str, str]] | None = None,
    ) -> "WorkEditor":
        """What was typed, with a row more (`add=identifiers`) or less (`remove=identifiers-2`)."""
        editor = cls(work=work, authors=authors)
        editor.form = WorkForm(known=editor.known, initial=data.dict())
        rows = {
            part: _typed_rows(data, part, [*editor.rows[part].base_fields]) for part in editor.parts
        }
        part = data.get("add", "")
        if part in rows and len(rows[part]) < _MOST[part]:
            rows[part].append({**_FIRST_ROWS[part]})
        part, _dash, number = data.get("remove", "").rpartition("-")
        if part in rows and _NUMBER.fullmatch(number):
            rows[part] = [row for at, row in enumerate(rows[part]) if at != int(number)]
        editor._make_sets(None, rows)
        return editor

    def _make_sets(self, data: QueryDict | None, rows: Mapping[str, list[dict[str, str]]]) -> None:
        self.sets = {
            part: _set_of(self.rows[part], part)(
                data, prefix=part, initial=rows[part], form_kwargs=self._told(part)
            )
            for part in self.parts
        }

    @property
    def rows(self) -> Mapping[str, type[Row]]:
        return PARTS if self.authors is None else _WITH_AUTHORS

    def _told(self, part: str) -> dict[str, Any]:
        known: dict[str, Any] = {"known": tuple(self.known[part])}
        is_asked = part == "contributors" and self.authors is not None
        return known | {"people": self.authors} if is_asked else known

    @property
    def parts(self) -> list[str]:
        return ["identifiers"] if self.kept_people else list(PARTS)

    @property
    def version(self) -> int:
        return self.work.version if self.work else 0

    @property
    def date_fields(self) -> list[BoundField]:
        return [self.form[name] for name in ("year", "month", "day")]

    @property
    def more_fields(self) -> list[BoundField]:
        return [self.form[name] for name in _MORE]

    @property
    def says_more(self) -> bool:
        """Whether what few works need has something to show."""
        return any(field.value() or field.errors for field in self.more_fields)

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(place on the page, label, words) of all that is wrong; nothing for a form not sent."""
        if not self.form.is_bound:
            return []
        found = [("", "", str(words)) for words in self.form.non_field_errors()]
        shown = [*self.form.visible_fields(), *(self.one_more or ())]
        shown += [field for rows in self.sets.values() for row in rows for field in row]
        return found + [
            (field.id_for_label, str(field.label), str(words))
            for field in shown
            for words in field.errors
        ]

    def is_valid(self) -> bool:
        """Whether it makes a work. Of what ORCID gave, only what was changed here is checked."""
        self.form.is_valid()
        wrong = {part for part, rows in self.sets.items() if not rows.is_valid()}
        # All that is wrong is told at once: what has no form is judged as if it had not been touched.
        content = self.content(besides=wrong)
        for name, words in rules.problems(content).items():
            if content[name] != self.known[name]:
                self.form.add_error(_FIELD_OF.get(name, name), words)
        is_one = self.one_more is None or self.one_more.is_valid()
        return not wrong and is_one and self.form.is_valid()

    def content(self, *, besides: Collection[str] = ()) -> Content:
        """What was typed, by the names of `Work`'s fields.

        Of `besides`, and of fields at fault, it is what the work says now.
        """
        content = self.form.facts()
        for name, said in content.items():
            # Spaces that nobody sees are no change.
            if tidy_lines(self.known[name]) == said:
                content[name] = self.known[name]
        typed = {
            part: [row.entry() for row in rows if not row.is_empty]
            for part, rows in self.sets.items()
            if part not in besides
        }
        for part in PARTS:
            content[part] = typed.get(part, self.known[part])
        if self.one_more and (one := self.one_more.chosen):
            content["contributors"] = rules.with_orcid(content["contributors"], *one)
        if content["identifiers"] != self.known["identifiers"]:
            content["identifiers"] = _once(content["identifiers"])
        return content

    @property
    def seen(self) -> dict[str, str]:
        """What each field said when this form was made, as far as the browser says."""
        try:
            found = json.loads(self.form.cleaned_data.get("seen") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


# Where on the page a fault of a field is told.
_FIELD_OF: dict[str, Any] = {"published": "year", "identifiers": None, "contributors": None}


@cache
def _set_of(row: type[Row], part: str) -> type[BaseFormSet[Row]]:
    return formset_factory(row, extra=0, max_num=_MOST[part], absolute_max=_MOST[part])


def content_of(work: WorkContent) -> Content:
    """What a work says."""
    return {name: getattr(work, name) for name in rules.FIELDS}


def seen_of(content: Content) -> str:
    """A short mark of what each field says."""
    return json.dumps({name: mark(content[name]) for name in rules.FIELDS}, separators=(",", ":"))


def mark(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.blake2s(text.encode(errors="replace"), digest_size=6).hexdigest()


def _typed_rows(data: QueryDict, part: str, names: Sequence[str]) -> list[dict[str, str]]:
    total = data.get(f"{part}-TOTAL_FORMS", "")
    number = min(int(total), _MOST[part]) if _NUMBER.fullmatch(total) else 0
    return [{name: data.get(f"{part}-{at}-{name}", "") for name in names} for at in range(number)]


def _once(entries: list[dict[str, str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for entry in entries:
        if entry not in found:
            found.append(entry)
    return found
