"""Moved and closed records: an iD that was merged into another is followed everywhere (rule C8).

The iD string stands in User, SocialAccount, Contact and Connection; everything else points at these.
"""

import datetime
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import (
    PROTECTED_ROLES,
    AssertedAffiliation,
    Contact,
    RoleAssignment,
    User,
)
from contacts.services import _shared as shared
from contacts.services.profiles import unite_profiles
from contacts.signals import orcid_moved, people_united
from integrations.orcid import connections, public
from integrations.orcid.errors import OrcidError
from members import text
from members.actors import Actor
from members.models import Event, Member

LOOK_AGAIN_AFTER = datetime.timedelta(days=7)
# How many namesakes are asked about when an unknown iD signs in.
MOST_NAMESAKES = 5


@transaction.atomic
def move_orcid(*, old: str, new: str, by: Actor) -> list[Contact]:
    """Let `new` take the place of `old`: the person's user, sign-in, connection and every contact.

    Where the person is a contact of one member under both, the two are united with the roles of
    both. Returns the contacts that now bear the new iD because of this; events say so.
    """
    if old == new:  # nobody is to be united with themselves, and closed
        return []
    keys = Contact.objects.filter(orcid=old).values("member")
    members = list(
        Member.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    )
    connections.move(old=old, new=new)  # before people: so their locks are taken everywhere
    _move_user(old, new)
    orcid_moved.send(sender=User, old=old, new=new)
    moved: list[Contact] = []
    events: list[Event] = []
    for member in members:
        contact = Contact.objects.current().filter(member=member, orcid=old).first()
        if contact:
            moved.append(_move_contact(contact, new, by, events))
    # Rows of former contacts follow silently: they give no access.
    Contact.objects.filter(orcid=old).update(orcid=new)
    Event.append(*events)
    return moved


def _move_user(old: str, new: str) -> None:
    people = User.objects.select_for_update(no_key=True)  # events that name them can be stored
    former = people.filter(orcid=old).first()
    if former is None:
        return
    present = people.filter(orcid=new).first()
    accounts = SocialAccount.objects.filter(provider="orcid", uid=old)
    if present is None:
        former.orcid = new
        former.save(update_fields=["orcid"])
        accounts.update(uid=new)
        return
    # Both have signed in. History points at the former user, so it stays, closed and emptied.
    EmailAddress.objects.filter(user=former).exclude(
        email__in=EmailAddress.objects.filter(user=present).values("email")
    ).update(user=present, primary=False)
    accounts.delete()
    _move_other_sign_ins(former, present)
    former.orcid, former.is_active, former.became = None, False, present
    former.save(update_fields=["orcid", "is_active", "became"])
    unite_profiles(former=former, present=present)
    former.former.update(became=present)
    people_united.send(sender=User, former=former, present=present)


def _move_other_sign_ins(former: User, present: User) -> None:
    """What institutions know the person by, and say of them, is for the account that is left."""
    SocialAccount.objects.filter(user=former).update(user=present)
    said = AssertedAffiliation.objects.filter(person=former)
    has = AssertedAffiliation.objects.filter(person=present, until=None).values("sign_in")
    said.filter(until=None, sign_in__in=has).update(until=timezone.now())
    said.update(person=present)


def _move_contact(contact: Contact, new: str, by: Actor, events: list[Event]) -> Contact:
    old = contact.orcid
    twin = Contact.objects.current().filter(member=contact.member_id, orcid=new).first()
    if twin is None:
        contact.orcid, contact.record_state = new, Contact.RecordState.FINE
        shared.bump(contact, "orcid", "record_state")
        events.append(_event(contact, old, new, by))
        return contact
    before = [str(role) for role in twin.roles]
    _give_roles(contact, twin)
    shared.forget_prefetched_roles(twin)
    shared.bump(twin)
    contact.desk_seats.exclude(consortium__in=twin.desk_seats.values("consortium")).update(
        contact=twin
    )
    contact.desk_seats.all().delete()
    contact.orcid, contact.removed_at = new, timezone.now()
    shared.bump(contact, "orcid", "removed_at")
    after = [str(role) for role in twin.roles]
    events.append(_event(twin, old, new, by, roles=[before, after], united_with=contact.pk))
    return twin


def _give_roles(contact: Contact, twin: Contact) -> None:
    """Protected roles pass by one UPDATE, so that R1 holds at every moment."""
    held = contact.role_assignments.all()
    held.filter(role__in=PROTECTED_ROLES).update(contact=twin)
    has = set(twin.role_assignments.values_list("role", flat=True))
    RoleAssignment.objects.filter(contact=contact).exclude(role__in=has).update(contact=twin)
    RoleAssignment.objects.filter(contact=contact).delete()


def _event(contact: Contact, old: str, new: str, by: Actor, **changes: object) -> Event:
    return shared.contact_event(
        Event.Kind.ORCID_MOVED, contact, by, personal={"orcid": [old, new]}, **changes
    )


def look_after_records(*, most: int = 1000) -> int:
    """Look at the records of current contacts, and those that were closed to a connection, that
    were not looked at for a week; follow, flag or open them.

    One HTTP call for each iD, outside any transaction, counted by the limiter (O5). Stops when
    ORCID cannot be reached: the rest is due next time. Returns how many iDs were looked at.
    """
    looked = 0
    for orcid in _due(most):
        try:
            state = public.read_record_state(orcid)
        except OrcidError:
            break
        _heed(orcid, state)
        looked += 1
    return looked


def _due(most: int) -> Iterable[str]:
    since = timezone.now() - LOOK_AGAIN_AFTER
    due = Contact.objects.current().filter(
        Q(record_checked_at=None) | Q(record_checked_at__lt=since)
    )
    orcids = due.order_by("record_checked_at", "pk").values_list("orcid", flat=True)[:most]
    closed = connections.closed_and_not_looked_at(since=since)[:most]
    # Who is a contact of several members, or both, is looked at once.
    return list(dict.fromkeys([*orcids, *closed]))[:most]


def _heed(orcid: str, found: public.RecordState) -> None:
    now = timezone.now()
    if found.state == "moved":
        move_orcid(old=orcid, new=found.moved_to, by=Actor.system())
        orcid = found.moved_to
    elif found.state in Contact.RecordState.values:
        flag_record(orcid, Contact.RecordState(found.state))
    Contact.objects.current().filter(orcid=orcid).update(record_checked_at=now)
    connections.note_look(orcid=orcid, is_open=found.state == "fine")


@transaction.atomic
def flag_record(orcid: str, state: Contact.RecordState) -> None:
    """Note what ORCID says of a record, with an event for each contact for whom that is news."""
    keys = Contact.objects.current().filter(orcid=orcid).exclude(record_state=state)
    members = Member.objects.filter(pk__in=keys.values("member")).order_by("pk")
    list(members.select_for_update(of=("self",)))
    events = []
    for contact in keys.select_related("member"):
        before, contact.record_state = contact.record_state, state
        shared.bump(contact, "record_state")
        change = [str(before), str(state)]
        kind = Event.Kind.RECORD_FLAGGED
        events.append(shared.contact_event(kind, contact, Actor.system(), record_state=change))
    Event.append(*events)


def follow_to(*, orcid: str, name: str) -> bool:
    """An iD nobody knows here signs in: is it where a known person's record has moved to?

    Asks ORCID about namesakes among contacts and those who have signed in, a few at most. True when one was moved. Must not
    run inside a transaction.
    """
    key = text.search_key(name)
    if not key or Contact.objects.filter(orcid=orcid).exists():
        return False
    namesakes = Contact.objects.current().filter(search_key__startswith=f"{key} ")
    signed_in = User.objects.filter(name=name).exclude(orcid=None)
    asked = [
        *namesakes.values_list("orcid", flat=True).distinct()[:MOST_NAMESAKES],
        *(str(person.orcid) for person in signed_in[:MOST_NAMESAKES]),
    ]
    for known in list(dict.fromkeys(asked))[:MOST_NAMESAKES]:
        try:
            found = public.read_record_state(known)
        except OrcidError:
            return False
        if found.state == "moved" and found.moved_to == orcid:
            move_orcid(old=known, new=orcid, by=Actor.system())
            return True
    return False
