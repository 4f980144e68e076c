"""The record of processing: what is done with personal data, for what, and for how long.

How long comes from the very settings by which it is erased, so that the two cannot disagree.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.held import kept, lasting, span


@dataclass(frozen=True)
class Activity:
    """One purpose, as article 30 asks for it."""

    purpose: str
    people: str
    data: str
    source: str
    recipients: str
    until: str


# What protects all of it: each is a rule that the portal's tests hold.
MEASURES = [
    gettext_lazy(
        "Access follows the ORCID iD that a person has proved, and ends with the next page."
    ),
    gettext_lazy(
        "Operators need a second factor; sensitive steps ask people to prove themselves anew."
    ),
    gettext_lazy(
        "Tokens, second factors and the texts of waiting mails are encrypted in the database."
    ),
    gettext_lazy("Each change is written into a history that can only be added to."),
    gettext_lazy("What has run out is erased every day, by itself."),
    gettext_lazy("Attempts to sign in, to ask and to have mails sent are limited."),
    gettext_lazy("Nothing is loaded from other sites, and nobody’s visits are counted."),
]


def activities() -> list[Activity]:
    """In the order in which people meet them."""
    return [_contacts(), _accounts(), _works(), _writing(), _mails(), _help(), _history()]


def _contacts() -> Activity:
    return Activity(
        purpose=_(
            "Running the ORCID membership of organisations: whom to ask, who may change what"
        ),
        people=_("Contacts of members, people invited to become one, signatories"),
        data=_("Name, ORCID iD, e-mail, telephone, job title, roles, e-mail preferences"),
        source=_("The person; other contacts of the organisation; the lead of its consortium"),
        recipients=_(
            "Contacts of the same organisation, the lead desk of its consortium, the operator; "
            "ORCID, told of changes by the lead"
        ),
        until=_(
            "While the person is a contact, and %(former)s more. Invitations nobody accepted: "
            "%(dead)s. Contacts of an organisation that has left read on for %(member)s."
        )
        % {
            "former": kept("RETAIN_FORMER_CONTACTS_DAYS"),
            "dead": kept("RETAIN_DEAD_INVITATIONS_DAYS"),
            "member": span(settings.FORMER_MEMBER_DAYS),
        },
    )


def _accounts() -> Activity:
    return Activity(
        purpose=_("Signing in"),
        people=_("Everybody who signs in"),
        data=_(
            "ORCID iD, name, e-mail addresses, accounts elsewhere, what an institution’s sign-in says; "
            "profile; sessions with network address and browser; second factors"
        ),
        source=_("The person; ORCID, the institution or the service they sign in through"),
        recipients=_("The person and the operator; a profile that is switched on: everybody"),
        until=_(
            "Until the person deletes the account, or %(span)s after they last signed in, unless they "
            "are a contact or connected to ORCID. Sessions end after %(session)s."
        )
        % {
            "span": kept("RETAIN_FORMER_CONTACTS_DAYS"),
            "session": lasting(settings.SESSION_COOKIE_AGE),
        },
    )


def _works() -> Activity:
    return Activity(
        purpose=_("Looking after publications, one’s own and an institution’s"),
        people=_("Researchers; authors whom publications name; people on publications desks"),
        data=_("Publications with their people; permissions; requests for permission, by e-mail"),
        source=_("ORCID, files, the person, the institution"),
        recipients=_(
            "The person; what is public at ORCID, and the permission: institutions they let have it, "
            "with their publications desks and the lead of their consortium, and those these show it to"
        ),
        until=_(
            "A person’s own: with the account. An institution’s: as long as it keeps them. Permissions "
            "%(span)s after they ended, requests %(dead)s."
        )
        % {
            "span": kept("RETAIN_FORMER_CONTACTS_DAYS"),
            "dead": kept("RETAIN_DEAD_INVITATIONS_DAYS"),
        },
    )


def _writing() -> Activity:
    return Activity(
        purpose=_("Reading from ORCID records, and writing to them, where their owners let us"),
        people=_("Researchers who have connected ORCID"),
        data=_("ORCID iD, name, permission and tokens; what was written, and each attempt"),
        source=_("ORCID, the person, the institutions they let write"),
        recipients=_("ORCID; the institution concerned: what became of it"),
        until=_("Until they disconnect, and %(span)s more; attempts %(log)s.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS"), "log": kept("RETAIN_PUSH_LOG_DAYS")},
    )


def _mails() -> Activity:
    return Activity(
        purpose=_("Writing to people by e-mail"),
        people=_("Contacts, invited people, researchers, whoever asks for help"),
        data=_("Address, subject, when it was sent and whether it arrived; not what it said"),
        source=_("This portal"),
        recipients=_("The operator; of announcements, the lead desk; those who carry mail"),
        until=kept("RETAIN_MAIL_LOG_DAYS"),
    )


def _help() -> Activity:
    return Activity(
        purpose=_("Answering requests for help, and naming who is in charge"),
        people=_("Whoever asks; whoever is to be in charge"),
        data=_("Name, e-mail, organisation, what was said"),
        source=_("The person; the lead desk"),
        recipients=_("The lead desk of the consortium, the operator; contacts of the organisation"),
        until=_("%(span)s after it was closed; never proved: %(dead)s")
        % {
            "span": kept("RETAIN_HELP_REQUESTS_DAYS"),
            "dead": kept("RETAIN_DEAD_INVITATIONS_DAYS"),
        },
    )


def _history() -> Activity:
    return Activity(
        purpose=_("Showing who changed what, and when"),
        people=_("Whoever acts here, and whom it is about"),
        data=_("What was done and when; names, addresses and iDs before and after"),
        source=_("This portal"),
        recipients=_(
            "Contacts of the organisation, the lead desk, systems they connect, the operator"
        ),
        until=_(
            "What was done stays. What names people is emptied with the person: %(span)s after they "
            "have left, or at once when they delete their account."
        )
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
    )
