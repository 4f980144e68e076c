"""The files that the pages of an import give."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from contacts.import_progress import Compared, Progress
from contacts.models import ContactImport, Invitation, Role, User
from integrations.orcid.ids import orcid_uri
from members.cells import csv_lines
from members.dates import iso_day
from members.http import attachment

# The words of the header are for other programs: they are not translated.
HEADER = ["Member", "Name", "Email", "ORCID iD", "Role", "State", "Sent", "Answered", "iD compared"]


def csv_of(name: str, rows: Sequence[Sequence[str]]) -> HttpResponse:
    """A CSV file of a table that is in memory: imports have 10,000 rows at most."""
    header, *others = rows or [[]]
    content = "".join(csv_lines(header, others))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    return attachment(response, name, "csv")


def progress_rows(
    invitations: QuerySet[Invitation, Any], added_by: ContactImport | None
) -> list[list[str]]:
    """Header first; the invited, by member, and (of `added_by`) who was added at once."""
    ordered = invitations.select_related("member", "contact").order_by("member__sort_key", "pk")
    rows = [HEADER, *(_row(invitation) for invitation in ordered)]
    return rows + (_added(added_by) if added_by else [])


def _row(invitation: Invitation) -> list[str]:
    hint = orcid_uri(invitation.orcid_hint) if invitation.orcid_hint else ""
    return [
        invitation.member.display_name,
        f"{invitation.given_names} {invitation.family_name}".strip(),
        invitation.email,
        hint,
        "; ".join(invitation.role_names),
        str(Progress(invitation.progress).label),  # type: ignore[attr-defined]  # annotated
        iso_day(invitation.sent_at),
        iso_day(invitation.closed_at),
        _compared(invitation),
    ]


def _compared(invitation: Invitation) -> str:
    if invitation.outcome != Invitation.Status.ACCEPTED:
        return ""
    how = {True: Compared.SAME, False: Compared.OTHER, None: Compared.NONE}
    return str(how[invitation.hint_matched].label)


def _added(into: ContactImport) -> list[list[str]]:
    rows = into.added.filter(contact__removed_at=None).select_related("contact__member")
    found = list(rows.prefetch_related("contact__role_assignments"))
    orcids = [added.contact.orcid for added in found]
    signed_in = set(User.objects.filter(orcid__in=orcids).values_list("orcid", flat=True))
    return [
        [
            added.contact.member.display_name,
            added.contact.display_name,
            added.contact.email,
            orcid_uri(added.contact.orcid),
            "; ".join(Role(role).label for role in added.contact.roles),
            _("Contact, has signed in") if added.contact.orcid in signed_in else _("Contact"),
            iso_day(added.told_at),
            "",
            "",
        ]
        for added in found
    ]
