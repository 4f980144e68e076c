"""A member's address (slug): changed by the operator; the old one leads on."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.actors import Actor
from members.models import Event, FormerSlug, Member
from members.permissions import require_trusted
from members.services._shared import member_event, save_next_version

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@transaction.atomic
def rename_member(*, member_id: int, slug: str, by: Actor) -> Member:
    """Give the member another slug; pages under the old one redirect for good.

    Raises `PermissionDenied` for all but trusted actors, `ValidationError` (field `slug`) when it
    has another form, or another member has it or had it.
    """
    member = Member.objects.lock(member_id)
    require_trusted(by)
    if slug == member.slug:
        return member
    _check_slug(slug, member)
    old, member.slug = member.slug, slug
    FormerSlug.objects.filter(slug=slug, member=member).delete()
    FormerSlug.objects.create(slug=old, member=member)
    save_next_version(member)
    Event.append(member_event(Event.Kind.MEMBER_RENAMED, member, by, slug=[old, slug]))
    return member


def _check_slug(slug: str, member: Member) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > 120:
        raise ValidationError(
            {"slug": _("Small letters a to z, digits, and single hyphens between them.")}
        )
    taken = Member.objects.filter(slug=slug).exists()
    if taken or FormerSlug.objects.filter(slug=slug).exclude(member=member).exists():
        raise ValidationError({"slug": _("Another member has this address, or had it.")})
