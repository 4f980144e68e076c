"""What every mail knows of the portal and of the consortium in whose name it is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse

from contacts.models import Contact, Mail, User
from members.models import Consortium, Member


@dataclass(frozen=True)
class Letter:
    """What a mail says, and headers of its own."""

    text: str
    html: str
    headers: dict[str, str]


def site_url(path: str) -> str:
    """The absolute address of a page, for mails."""
    return f"{settings.SITE_URL}{path}"


def new_message_id() -> str:
    return make_msgid(domain=urlsplit(settings.SITE_URL).hostname)


def consortium_of(member: Member | None) -> Consortium | None:
    """The consortium a member belongs to now, or will; none for a direct member."""
    if member is None:
        return None
    period = (
        member.memberships.current()
        .exclude(consortium=None)
        .select_related("consortium")
        .order_by("start")
        .first()
    )
    return period.consortium if period else None


def letterhead(consortium: Consortium | None, member: Member | None) -> dict[str, Any]:
    """What `mail/_base` shows: helpdesk and privacy notice are the consortium's own (H7)."""
    return {
        "portal_name": settings.PORTAL_NAME,
        "site_url": settings.SITE_URL,
        "member": member,
        "consortium": consortium,
        "helpdesk": (consortium and consortium.helpdesk_email) or settings.HELPDESK_EMAIL,
        "privacy_url": _privacy_url(consortium),
    }


def _privacy_url(consortium: Consortium | None) -> str:
    if consortium is None or not consortium.privacy_notice:
        return ""
    return site_url(reverse("privacy", args=[consortium.slug]))


def write(name: str, context: Mapping[str, Any]) -> Letter:
    """Both parts of `mail/<name>`."""
    text = render_to_string(f"mail/{name}.txt", dict(context))
    html = render_to_string(f"mail/{name}.html", dict(context))
    return Letter(re.sub(r"\n{3,}", "\n\n", text).lstrip(), html, {})


def written_before(address: str, *, but: int | None = None) -> bool:
    """Whether there is a mail to the address: the first says who gave it, and why (H7)."""
    mails = Mail.objects.annotate(address=Lower("to")).filter(address=address.lower())
    return (mails.exclude(pk=but) if but else mails).order_by().exists()


def as_known_there(by: User | None, member: Member | None) -> User | Contact | None:
    """Who acts, under the name the member knows: many names are not public at ORCID."""
    if by is None or member is None:
        return by
    known = Contact.objects.of(by)
    # Whoever acts for the lead is known as the lead's contact.
    return known.filter(member=member).first() or known.filter(_leads(member)).first() or by


def _leads(member: Member) -> Q:
    consortium = consortium_of(member)
    return Q(member=consortium.lead_id) if consortium else Q(pk=None)
