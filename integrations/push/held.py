"""What this room holds of a person (`contacts.held`)."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _

from contacts.held import Section, column, kept
from contacts.models import User
from integrations.push.models import Delivery


def offer(user: User) -> Iterator[Section]:
    yield Section(
        key="written_to_orcid",
        title=_("What was written to your ORCID record"),
        source=_("From institutions that you let push, and from ORCID’s answers."),
        why=_("So that nothing is written twice, and can be changed or deleted there."),
        until=_("As long as the connection is known; each attempt %(span)s.")
        % {"span": kept("RETAIN_PUSH_LOG_DAYS")},
        seen_by=_("You, the institution that wrote it, and the operator."),
        columns=[
            column("institution", _("Institution"), "member.display_name"),
            column("section", _("Kind")),
            column("item_id", _("Number here")),
            column("put_code", _("Number at ORCID")),
            column("sent_ids", _("Identifiers")),
            column("state", _("State"), "get_state_display"),
            column("problem", _("Problem")),
            column("tries", _("Attempts kept")),
            column("created_at", _("Since")),
            column("in_orcid_at", _("ORCID last took it")),
        ],
        rows=Delivery.objects.of(user)
        .annotate(tries=Count("history"))
        .select_related("member")
        .order_by("pk"),
        covers=frozenset(
            {"push.Delivery.connection", "push.Attempt.delivery", "push.Lane.connection"}
        ),
    )
