"""Works in words, for pages that only show them."""

from collections.abc import Mapping
from typing import Any

from django import template

from contacts.models import User
from integrations.push.models import Delivery
from integrations.works import content as rules
from integrations.works.forms.editor import content_of
from integrations.works.markup import marked, plain
from integrations.works.models import Keeper
from integrations.works.models.content import WorkContent
from integrations.works.services.pushing import SECTION
from integrations.works.shown import in_words
from integrations.works.vocabulary import Name
from members.models import Member

register = template.Library()
# `{{ work.title|marked }}` with the marks that publishers set, `|plain` without.
register.filter(marked)
register.filter(plain)


@register.inclusion_tag("works/_failed_pushes.html", takes_context=True)
def failed_pushes(context: Mapping[str, Any]) -> dict[str, int]:
    """How many works of the person's could not be sent to their record, and need somebody; one query."""
    user = context["user"]
    is_known = user.is_authenticated and user.orcid
    stuck = Delivery.objects.of(user).stuck().filter(section=SECTION)
    return {"failed": stuck.count() if is_known else 0}


@register.simple_tag
def publications_desks_of(user: User) -> list[Member]:
    """The members on whose publications desk a person is."""
    return list(Keeper.objects.members_of(user))


@register.filter
def facts(work: WorkContent) -> list[tuple[Name, str]]:
    """What the work says: label and words of each field that says something."""
    content = content_of(work)
    return [
        (label, in_words(name, content)) for name, label in rules.FIELDS.items() if content[name]
    ]
