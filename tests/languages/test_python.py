"""Every text that Python shows to people is marked for translation, also where only a POST shows it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from contacts.models import Role
from tests.languages.reading import NAMES

ROOT = Path(settings.BASE_DIR)
# Roles bear ORCID's own names.
KNOWN = {*NAMES, *map(str, Role.labels)}
# The local ORCID is a project of its own.
NOT_FOR_PEOPLE = {"migrations", "sandbox"}
SOURCES = [
    path
    for package in ("portal", "members", "contacts", "integrations")
    for path in sorted((ROOT / package).rglob("*.py"))
    if not NOT_FOR_PEOPLE & set(path.relative_to(ROOT).parts)
]
# What of a call is shown: an argument by its place, others by their names. Not `help_text`: that of the
# API is for programmers, in English, and that of forms stands on their pages (`test_pages`).
SHOWN = {"ValidationError": 0, "add_error": 1}
SHOWN_BY_NAME = {"label", "empty_label", "choices", "error_messages"}


def shown(node: ast.AST) -> Iterator[ast.expr]:
    """What people read of a call, or of a class of choices."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name("messages"))):
            yield from node.args[1:2]
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in SHOWN:
            yield from node.args[SHOWN[name] : SHOWN[name] + 1]
        case ast.ClassDef(bases=[ast.Attribute(attr="TextChoices" | "IntegerChoices")]):
            yield from (each.value for each in node.body if isinstance(each, ast.Assign))
    if isinstance(node, ast.Call):
        yield from (each.value for each in node.keywords if each.arg in SHOWN_BY_NAME)


def literals(value: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Words in it that went through no call of gettext; also by way of a variable."""
    match value:
        case ast.Constant(str(text)) if any(char.isalpha() for char in text):
            yield text
        case ast.JoinedStr():
            yield from (text for each in value.values for text in literals(each, assigned))
        case ast.List() | ast.Set() | ast.Tuple():
            # Of a choice, the first is its key.
            is_choice = isinstance(value, ast.Tuple) and len(value.elts) == 2
            for each in value.elts[1:] if is_choice else value.elts:
                yield from literals(each, assigned)
        case ast.Dict():
            yield from (text for each in value.values for text in literals(each, assigned))
        case ast.IfExp():
            yield from literals(value.body, assigned)
            yield from literals(value.orelse, assigned)
        case ast.BinOp(op=ast.Mod()):
            yield from literals(value.left, assigned)
        case ast.BinOp():
            yield from literals(value.left, assigned)
            yield from literals(value.right, assigned)
        case ast.Name(id=name):
            yield from (text for each in assigned.get(name, []) for text in literals(each, {}))


def unmarked(source: str) -> list[str]:
    tree = ast.parse(source)
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    read = [each for node in ast.walk(tree) for each in shown(node)]
    texts = [text for each in read for text in literals(each, assigned)]
    return [text for text in texts if text not in KNOWN]


def test_every_text_is_marked() -> None:
    found = {str(path.relative_to(ROOT)): unmarked(path.read_text()) for path in SOURCES}

    assert len(found) > 200
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("messages.success(request, _('Saved.'))", []),
        ("messages.success(request, 'Saved.')", ["Saved."]),
        ("messages.error(request, f'No {name}.')", ["No "]),
        ("raise ValidationError(_('%(n)s are too many.') % {'n': 'x'}, code='many')", []),
        ("raise ValidationError('%s are too many.' % n)", ["%s are too many."]),
        ("raise ValidationError([_('One'), 'Two'])", ["Two"]),
        ("raise ValidationError({'name': 'Missing.'})", ["Missing."]),
        ("form.add_error('name', 'Taken.')", ["Taken."]),
        ("text = 'Later.'\nmessages.info(request, text)", ["Later."]),
        ("text = ngettext('%(n)s row', '%(n)s rows', n)\nmessages.info(request, text)", []),
        ("CharField(label='Name', initial='none')", ["Name"]),
        ("ChoiceField(choices=[('', 'All'), ('x', _('Some')), *MORE])", ["All"]),
        ("CharField(label='ROR')", []),
        ("class State(models.TextChoices):\n    NEW, OLD = 1, 2\n    A = 'a', 'New'", ["New"]),
    ],
)
def test_what_counts_as_marked(source: str, found: list[str]) -> None:
    assert unmarked(source) == found
