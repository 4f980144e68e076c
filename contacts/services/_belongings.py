"""What is a person's own beside the places they held, and goes with the account (H4): what they asked for, what
they were offered by mail, and how they signed in.
"""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.db.models.functions import Lower

from contacts.models import (
    AssertedAffiliation,
    DeskVisit,
    HelpRequest,
    Invitation,
    Recovery,
    User,
)
from contacts.services import _recovery as recoveries
from contacts.services import _wiping as wiping
from contacts.traces import Erased, Traces
from members.actors import Actor
from members.models import Event


def nameless(news: list[Event]) -> list[Event]:
    for event in news:
        event.personal = None
    return news


def erase_asked(accounts: Collection[User], traces: Traces, gone: Erased) -> list[Event]:
    """What they asked for, or were offered by mail: help, a place as contact, becoming Main."""
    requests = HelpRequest.objects.annotate(low=Lower("email")).filter(
        Q(user__in=accounts) | Q(low__in=traces.addresses)
    )
    keys = list(requests.order_by("pk").values_list("pk", flat=True))
    about = Event.objects.filter(changes__help_request__in=keys).order_by()
    gone.events |= set(about.values_list("pk", flat=True))
    HelpRequest.objects.filter(pk__in=keys).delete()
    news: list[Event] = []
    named = Recovery.objects.annotate(low=Lower("email")).filter(low__in=traces.addresses)
    for recovery in named.select_related("member"):
        if recovery.closed_at is None:
            news += recoveries.stop(recovery, by=Actor.system())
        about = Event.objects.filter(changes__recovery=recovery.pk).order_by()
        gone.events |= set(about.values_list("pk", flat=True))
        recovery.delete()
    offers = Invitation.objects.annotate(low=Lower("email")).filter(low__in=traces.addresses)
    for key, member in list(offers.order_by("pk").values_list("pk", "member")):
        about = Event.objects.filter(changes__invitation=key).order_by()
        gone.events |= set(about.values_list("pk", flat=True))
        gone.tell(member, "invitations", key)
        Invitation.objects.filter(pk=key).delete()
    return nameless(news)


def erase_sign_in(accounts: Collection[User], traces: Traces) -> None:
    """How they signed in, what was said of them there, and what acted in their name."""
    typed = EmailAddress.objects.filter(user__in=accounts)
    wiping.wipe_mails(traces, unproved=list(typed.values_list("email", flat=True)))
    typed.delete()
    for rows in (SocialAccount, Authenticator, UserSession, DeskVisit):
        rows.objects.filter(user__in=accounts).delete()
    AssertedAffiliation.objects.filter(person__in=accounts).delete()
