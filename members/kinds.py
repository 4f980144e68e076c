"""Kinds of events in groups, for choosing what to read of the history: there are too many for a list."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from members.models import Event

_K = Event.Kind
GROUPS: dict[str, tuple[str | Promise, list[Event.Kind]]] = {
    "memberships": (
        _("Members and memberships"),
        [
            *(_K.MEMBER_CREATED, _K.MEMBERSHIP_STARTED, _K.MEMBERSHIP_CHANGED),
            *(_K.MEMBER_RENAMED, _K.MEMBERS_MERGED, _K.CONSORTIUM_CHANGED),
        ],
    ),
    "information": (
        _("Information and identifiers"),
        [
            *(_K.INFORMATION_CHANGED, _K.IDENTIFIER_ADDED, _K.IDENTIFIER_REMOVED),
            *(_K.IDENTIFIER_PREFERRED, _K.DOMAINS_CHANGED, _K.SIGN_IN_CHANGED),
            *(_K.AGREEMENT_RECORDED, _K.AGREEMENT_REMOVED, _K.CONFIRMED),
        ],
    ),
    "contacts": (
        _("Contacts and roles"),
        [
            *(_K.CONTACT_ADDED, _K.CONTACT_CHANGED, _K.ROLES_CHANGED, _K.MAIN_HANDED_OVER),
            *(_K.CONTACT_REMOVED, _K.CONTACT_LEFT, _K.CONTACT_DISOWNED, _K.NOBODY_IN_CHARGE),
            *(_K.CONTACT_ADDRESS_ASKED, _K.CONTACT_ADDRESS_PROVED, _K.ADDRESS_LOOKED_UP),
            *(_K.ORCID_MOVED, _K.RECORD_FLAGGED, _K.PREFERENCES_CHANGED),
        ],
    ),
    "invitations": (
        _("Invitations"),
        [
            *(_K.INVITATION_SENT, _K.INVITATION_RESENT, _K.INVITATION_WITHDRAWN),
            *(_K.INVITATION_ACCEPTED, _K.INVITATION_DECLINED),
            *(_K.CONTACTS_IMPORTED, _K.IMPORT_SENT),
        ],
    ),
    "help": (
        _("Help and recovery"),
        [
            *(_K.REQUEST_OPENED, _K.REQUEST_CHANGED, _K.RECOVERY_STARTED),
            *(_K.RECOVERY_OBJECTED, _K.RECOVERY_DONE, _K.RECOVERY_CANCELLED),
        ],
    ),
    "lead": (
        _("The lead’s work"),
        [
            *(_K.LEAD_ACCESS_CHANGED, _K.LEAD_CHANGE_ACCEPTED, _K.LEAD_CHANGE_DISPUTED),
            *(_K.DESK_CHANGED, _K.ROUND_STARTED, _K.ROUND_CLOSED, _K.ORCID_TOLD),
            *(_K.ANNOUNCEMENT_WRITTEN, _K.ANNOUNCEMENT_SCHEDULED, _K.ANNOUNCEMENT_PAUSED),
            *(_K.ANNOUNCEMENT_SENT, _K.ANNOUNCEMENT_STOPPED),
        ],
    ),
    "researchers": (
        _("Researchers and their permissions"),
        [
            *(_K.GRANT_GIVEN, _K.GRANT_ENDED),
            *(_K.PERMISSION_ASKED, _K.PERMISSION_DENIED, _K.PERMISSION_UNASKED),
        ],
    ),
    "works": (
        _("Works and the publications desk"),
        [
            *(_K.WORK_ADDED, _K.WORK_CHANGED, _K.WORK_DELETED, _K.WORKS_STATE_CHANGED),
            *(_K.WORKS_ADDED, _K.DRAFTS_WITHDRAWN, _K.WORKS_POLICY_CHANGED),
            *(_K.KEEPER_ADDED, _K.KEEPER_INVITED, _K.KEEPER_REMOVED),
        ],
    ),
    "data": (
        _("Exports, tokens, erasure"),
        [_K.EXPORTED, _K.TOKEN_MADE, _K.TOKEN_REVOKED, _K.ERASED],
    ),
}


def kind_choices() -> list[tuple[str | Promise, str | Promise | list[tuple[str, str | Promise]]]]:
    """For a select: everything, or of each group all of it or one kind."""
    return [
        ("", _("Everything")),
        *((label, _of_group(name)) for name, (label, _kinds) in GROUPS.items()),
    ]


def kinds_in(chosen: str) -> list[str]:
    """The kinds that a choice stands for: those of the group, or itself."""
    if chosen in GROUPS:
        return [str(kind) for kind in GROUPS[chosen][1]]
    return [chosen]


def _of_group(name: str) -> list[tuple[str, str | Promise]]:
    label, kinds = GROUPS[name]
    # A closed select shows the option alone, without its group.
    whole = format_lazy("{group}: {all}", group=label, all=_("all"))
    return [(name, whole), *((str(kind), kind.label) for kind in kinds)]
