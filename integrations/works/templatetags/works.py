"""Works in words, for pages that only show them."""

from django import template

from integrations.works import content as rules
from integrations.works.forms.editor import content_of
from integrations.works.markup import marked, plain
from integrations.works.models.content import WorkContent
from integrations.works.shown import in_words
from integrations.works.vocabulary import Name

register = template.Library()
# `{{ work.title|marked }}` with the marks that publishers set, `|plain` without.
register.filter(marked)
register.filter(plain)


@register.filter
def facts(work: WorkContent) -> list[tuple[Name, str]]:
    """What the work says: label and words of each field that says something."""
    content = content_of(work)
    return [
        (label, in_words(name, content)) for name, label in rules.FIELDS.items() if content[name]
    ]
