"""ORCID's answers in plain words, and what to do about them. By code, so that everyone reads them in
their own language.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# Our own, where no code of ORCID's says it.
NOT_CONNECTED = "not_connected"
RECONNECT = "reconnect"
CLOSED = "closed"
NO_SCOPE = "no_scope"
NOT_NOW = "not_now"
INCOMPLETE = "incomplete"
GONE = "gone"
NO_ANSWER = "no_answer"
BUSY = "busy"
REMOVED = "removed"
COVERED = "covered"
FOUND = "found"
NOT_FOUND = "not_found"
MOVED = "moved"
BROKEN = "500"
# ORCID's, when the record has the item already.
DUPLICATE = "9021"
# ORCID's, when what is to be changed or deleted is no longer on the record.
NO_ITEM = "9016"

# Those that end when the person connects, or connects anew.
OF_CONNECTION = [NOT_CONNECTED, RECONNECT, CLOSED, NO_SCOPE]

_ASK = _("When it is corrected, it is sent again by itself.")
_CONNECT = _("When the person connects ORCID again, it goes by itself.")
_NOTHING = _("Nobody has to do anything: it is tried again by itself.")
_NOT_AGAIN = _("It is not added again unless the person asks for it.")

_WORDS: dict[str, tuple[Text, Text]] = {
    NOT_CONNECTED: (_("ORCID is not connected."), _CONNECT),
    RECONNECT: (_("ORCID no longer lets us write to the record."), _CONNECT),
    CLOSED: (_("ORCID has closed the record."), _("It goes when ORCID opens the record again.")),
    NO_SCOPE: (_("The permission to add to the ORCID record is missing."), _CONNECT),
    NOT_NOW: (_("It may not be sent now."), ""),
    INCOMPLETE: (_("Something is missing that ORCID asks for."), _ASK),
    GONE: (_("It is no longer here."), ""),
    NO_ANSWER: (_("ORCID did not answer; whether it arrived is looked up."), _NOTHING),
    BUSY: (_("ORCID was busy."), _NOTHING),
    BROKEN: (
        _("ORCID failed while taking it."),
        _("Send it again later; if it fails again, ask the helpdesk."),
    ),
    REMOVED: (_("It was removed from the record at ORCID."), _NOT_AGAIN),
    COVERED: (
        _("The record has it already, sent for another institution or entry."),
        _("Nobody has to do anything: it is not sent twice."),
    ),
    FOUND: (_("It is on the record."), ""),
    NOT_FOUND: (_("It is not on the record."), ""),
    MOVED: (_("The record has moved to another iD, and is followed there."), _NOTHING),
    "9001": (_("ORCID could not read it."), _("Ask the helpdesk.")),
    "9006": (_("ORCID could not read it."), _("Ask the helpdesk.")),
    "9010": (
        _("The item at ORCID was written by another system."),
        _("Ask the helpdesk."),
    ),
    NO_ITEM: (_("ORCID does not have it."), _NOT_AGAIN),
    "9020": (_("ORCID could not read it."), _("Ask the helpdesk.")),
    DUPLICATE: (_("The record has an item with the same identifier already."), _ASK),
    "9022": (_("The title is missing."), _ASK),
    "9023": (
        _("An identifier of the work itself is missing, or ORCID does not take it."),
        _ASK,
    ),
    "9024": (_("ORCID could not read it."), _("Ask the helpdesk.")),
    "9035": (
        _("ORCID did not take it, because of who may see it on the record."),
        _("Ask the helpdesk."),
    ),
    "9036": (
        _("The person has not completed registration at ORCID."),
        _("When they have, send it again."),
    ),
    "9037": (_("ORCID does not know the type, language, country or citation format."), _ASK),
    "9045": (_("ORCID does not know the identifier of the organisation."), _ASK),
    "9046": (_("The organisation is missing."), _ASK),
    "9047": (_("ORCID could not read it."), _("Ask the helpdesk.")),
    "9048": (
        _("The record has as many works as ORCID allows."),
        _("The person can remove works at ORCID; then send it again."),
    ),
    "9049": (_("ORCID does not take the date."), _ASK),
    "9051": (_("ORCID does not know one of the words chosen from a list."), _ASK),
    "9053": (_("ORCID does not take the ISSN."), _ASK),
    "9054": (_("ORCID does not take the amount."), _ASK),
    "9055": (_("It ends before it starts."), _ASK),
    "9058": (_("ORCID does not know the role of a contributor."), _ASK),
    "9060": (_("City and country of the organisation are missing."), _ASK),
    "9061": (_("The country of the organisation is missing."), _ASK),
    "9062": (_("An identifier of the organisation, or of the item itself, is missing."), _ASK),
}
_YOU_CONNECT = _("Connect ORCID again under “Your accounts”; it then goes by itself.")
_UNLESS_YOU = _("It is not added again unless you send it.")
_TO_OWNER: dict[str, Text] = {
    NOT_CONNECTED: _YOU_CONNECT,
    RECONNECT: _YOU_CONNECT,
    NO_SCOPE: _("Allow it under “Your accounts”; it then goes by itself."),
    INCOMPLETE: _("The institution can correct it; it is then sent again by itself."),
    REMOVED: _UNLESS_YOU,
    NO_ITEM: _UNLESS_YOU,
    "9036": _("Complete it there; then send it again."),
    "9048": _("You can remove works at ORCID; then send it again."),
}
# After one answer, where it is not the last word: another follows by itself, while it is on its way.
_NEXT: dict[str, Text] = {
    NO_ANSWER: _NOTHING,
    BUSY: _NOTHING,
    MOVED: _NOTHING,
    DUPLICATE: _("Nobody has to do anything: it is looked up on the record by itself."),
    BROKEN: _("It is tried again by itself, some times."),
}
_OTHER = (
    _("ORCID refused it (%s)."),
    _("Ask the helpdesk, and name this number."),
)


def problem(code: str) -> str:
    """What a code says; empty for none."""
    if not code:
        return ""
    found = _WORDS.get(code)
    return str(found[0]) if found else str(_OTHER[0]) % code


def advice(code: str) -> str:
    """What to do about it, said to the institution; empty where there is nothing to say."""
    return str(_WORDS.get(code, _OTHER)[1]) if code else ""


def advice_to_owner(code: str) -> str:
    """The same, said to the person whose record it is."""
    return str(_TO_OWNER[code]) if code in _TO_OWNER else advice(code)


def next_step(code: str) -> str:
    """What happens by itself after such an answer; empty where it is the last word."""
    return str(_NEXT.get(code, ""))
