"""A work's form as it comes back: not ready, perhaps in the list already, or stale (rule H2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from integrations.works import content as rules
from integrations.works.alike import Alike, Same
from integrations.works.content import Content
from integrations.works.forms.editor import WorkEditor, content_of, mark
from integrations.works.models.content import WorkContent
from integrations.works.shown import in_words
from integrations.works.vocabulary import Name

Listed = Callable[[Content], Alike[tuple[int, str]]]
Authors = Sequence[tuple[str, str]] | None
_TOLD_BY = ("identifiers", "title", "type", "published")


@dataclass(frozen=True)
class Typed:
    """What was typed; `same` is a work that the list has, which the person has not seen yet."""

    editor: WorkEditor
    is_ready: bool
    same: Same[tuple[int, str]] | None = None


def read_editor(
    data: QueryDict, *, work: WorkContent | None, listed: Listed, authors: Authors = None
) -> Typed:
    """Whether it can be saved. `listed` gives the works among which it may be, of what was typed."""
    if "add" in data or "remove" in data:
        return Typed(WorkEditor.with_row(data, work=work, authors=authors), is_ready=False)
    editor = WorkEditor(data, work=work, authors=authors)
    if not editor.is_valid():
        return Typed(editor, is_ready=False)
    content, known = editor.content(), editor.known
    if work and all(content[name] == known[name] for name in _TOLD_BY):
        return Typed(editor, is_ready=True)
    same = listed(content).find(content)
    if same is None or data.get("same") == str(same.at[0]):
        return Typed(editor, is_ready=True)
    return Typed(editor, is_ready=False, same=same)


def compare(
    work: WorkContent, editor: WorkEditor, typed: Content
) -> tuple[WorkEditor, list[tuple[Name, str, bool]]]:
    """The form with everything that was typed, and what changed meanwhile: label, value now, whether
    the form took it.

    A field that the person left as it was takes what it says now: saving must not undo it unseen.
    """
    now, seen, content = content_of(work), editor.seen, {**typed}
    rows = []
    for name, label in rules.FIELDS.items():
        if mark(now[name]) == seen.get(name) or now[name] == typed[name]:
            continue
        was_left = mark(typed[name]) == seen.get(name)
        if was_left:
            content[name] = now[name]
        rows.append((label, in_words(name, now), was_left))
    return WorkEditor(work=work, content=content, authors=editor.authors), rows
