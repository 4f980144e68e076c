"""What is a person's own, and goes with the account (H4): the places they held, what they asked for, what they
were offered by mail, how they signed in, and what acted in their name.
"""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.db.models.functions import Lower

from contacts.models import (
    ApiToken,
    AssertedAffiliation,
    Contact,
    DeskVisit,
    HelpRequest,
    Invitation,
    LeadChange,
    Recovery,
    User,
)
from contacts.services import _recovery as recoveries
from contacts.traces import Erased, Traces
from members.actors import Actor
from members.models import Event


def erase_contacts(contacts: Collection[Contact], gone: Erased) -> list[Event]:
    """Rows of former contacts, under their members' locks, and what belongs to them; a recovery that
    names one is called off. Events for the caller to append, which name nobody."""
    news: list[Event] = []
    for contact in contacts:
        pk = contact.pk
        for recovery in contact.recoveries.filter(closed_at=None).select_related("member"):
            news += recoveries.stop(recovery, by=Actor.system())
        contact.recoveries.all().delete()
        invitations = list(contact.invitations.values_list("pk", flat=True).order_by("pk"))
        lead_changes = LeadChange.objects.filter(Q(contact=contact) | Q(invitation__in=invitations))
        gone.naming(
            Event.objects.filter(
                Q(changes__contact=pk)
                | Q(changes__invitation__in=invitations)
                | Q(changes__lead_change__in=list(lead_changes.values_list("pk", flat=True)))
            )
        )
        gone.tell(contact.member_id, "contacts", pk)
        for key in invitations:
            gone.tell(contact.member_id, "invitations", key)
        Invitation.objects.filter(pk__in=invitations).delete()
        Contact.objects.filter(pk=pk).delete()
    return _nameless(news)


def erase_asked(accounts: Collection[User], traces: Traces, gone: Erased) -> list[Event]:
    """What they asked for, or were offered by mail: help, a place as contact, becoming Main."""
    requests = HelpRequest.objects.annotate(low=Lower("email")).filter(
        Q(user__in=accounts) | Q(low__in=traces.addresses)
    )
    keys = list(requests.order_by("pk").values_list("pk", flat=True))
    gone.naming(Event.objects.filter(changes__help_request__in=keys))
    HelpRequest.objects.filter(pk__in=keys).delete()
    news: list[Event] = []
    named = Recovery.objects.annotate(low=Lower("email")).filter(low__in=traces.addresses)
    found = list(named.select_related("member").order_by("pk"))
    for recovery in found:
        if recovery.closed_at is None:
            news += recoveries.stop(recovery, by=Actor.system())
    keys = [recovery.pk for recovery in found]
    gone.naming(Event.objects.filter(changes__recovery__in=keys))
    Recovery.objects.filter(pk__in=keys).delete()
    offers = Invitation.objects.annotate(low=Lower("email")).filter(low__in=traces.addresses)
    members = dict(offers.order_by("pk").values_list("pk", "member"))
    gone.naming(Event.objects.filter(changes__invitation__in=list(members)))
    for key, member in members.items():
        gone.tell(member, "invitations", key)
    Invitation.objects.filter(pk__in=list(members)).delete()
    return _nameless(news)


def _nameless(news: list[Event]) -> list[Event]:
    for event in news:
        event.personal = None
    return news


def erase_sign_in(accounts: Collection[User], gone: Erased) -> list[str]:
    """How they signed in, what was said of them there, and what acted in their name. Returns the
    addresses they had typed, proved or not."""
    typed = EmailAddress.objects.filter(user__in=accounts)
    addresses = list(typed.values_list("email", flat=True))
    typed.delete()
    for rows in (SocialAccount, Authenticator, UserSession, DeskVisit):
        rows.objects.filter(user__in=accounts).delete()
    AssertedAffiliation.objects.filter(person__in=accounts).delete()
    tokens = ApiToken.objects.filter(user__in=accounts)
    keys = list(tokens.values_list("pk", flat=True))
    gone.naming(Event.objects.filter(changes__token__in=keys, kind__startswith="token_"))
    tokens.delete()
    return addresses
