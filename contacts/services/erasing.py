"""An account is emptied: by its person, by the operator for them, or when its time is over (H4, H7).

One way for all three. The account is shut first, in a transaction that writes down what was asked for;
then what is under way ends, each thing by its own service; then, in one transaction, everything that
names the person goes. Beat goes on where a worker died (H6).
"""

import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import signals
from contacts.models import Contact, Mail, User
from contacts.services import _belongings as belongings
from contacts.services import _wiping as wiping
from contacts.services import leaving
from contacts.services.mails import queue_mail
from contacts.services.profiles import clear_profile
from contacts.services.security import address_of, end_other_sessions
from contacts.traces import Erased, Traces, events_naming, traces_of
from integrations.orcid import connections
from members.actors import Actor
from members.dates import days_ago
from members.models import Event, Member
from members.permissions import require_trusted
from members.services.erasure import erase_personal

log = logging.getLogger(__name__)


@transaction.atomic
def close_account(
    *,
    user_id: int,
    by: Actor,
    successors: Mapping[int, int] | None = None,
    delete_at_orcid: bool = False,
) -> User:
    """Shut the account at once and write down that it is to be emptied; `carry_out` does it.

    `successors` names, by the person's own contact, who becomes Main there (C9). Its person may, the
    operator and the system; `PermissionDenied` for others. `ValidationError` for the last operator,
    and for one that an operator who is no superuser would erase. The person is told by mail.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    is_own = by.user == user and by.reach is None and by.capacity == Event.Capacity.CONTACT
    if not (is_own or by.is_trusted):
        raise PermissionDenied
    if user.closing is not None or user.emptied_at:
        return user
    if user.is_staff and by.is_operator and not (by.user and by.user.is_superuser):
        raise ValidationError(_("Only a superuser can erase an operator."), code="superuser")
    if _is_last_operator(user):
        raise ValidationError(_("You are the only operator. Make another one first."), code="last")
    user.closing = {
        "own": is_own,
        "successors": {str(one): other for one, other in (successors or {}).items()},
        "delete_at_orcid": delete_at_orcid,
    }
    user.is_active = False
    user.save(update_fields=["closing", "is_active"])
    end_other_sessions(user=user, but=None)
    if by.user is not None:  # what runs out by itself is told nobody
        context = {
            "user": user,
            "is_own": is_own,
            "is_connected": connections.own_connection(user.orcid) is not None,
            "delete_at_orcid": delete_at_orcid,
        }
        queue_mail(kind=Mail.Kind.ACCOUNT_CLOSED, to=address_of(user), context=context)
    return user


def _is_last_operator(user: User) -> bool:
    if not (user.is_staff and user.is_active):
        return False
    others = User.objects.select_for_update().filter(is_staff=True, is_active=True)
    if user.is_superuser:
        others = others.filter(is_superuser=True)
    return not others.exclude(pk=user.pk).exists()


def erase_person(*, user_id: int, by: Actor, delete_at_orcid: bool = False) -> None:
    """`close_account` and `carry_out`, for the operator and the system.

    Raises as `close_account`.
    """
    require_trusted(by)
    close_account(user_id=user_id, by=by, delete_at_orcid=delete_at_orcid)
    carry_out(user_id=user_id, by=by)


def carry_out(*, user_id: int, by: Actor | None = None) -> bool:
    """Do what was asked for when the account was closed; whether all of it is done.

    Not inside a transaction, as ORCID may be called. May be asked again, and goes on then.
    """
    by = by or Actor.system()
    user = User.objects.get(pk=user_id)
    if user.closing is None:
        return True
    wish: dict[str, Any] = user.closing
    _leave_everywhere(user, wish, by)
    delete = bool(wish["delete_at_orcid"])
    signals.person_leaving.send(sender=User, person=user, delete_at_orcid=delete)
    return empty_user(user_id=user_id, by=by)


def finish_closings() -> int:
    """For beat (H6): what a worker did not live to finish; how many accounts were emptied. Then what
    outlived them by a little: connections that ORCID had to be told the end of, the last mail."""
    done = 0
    for user_id in (
        User.objects.filter(closing__isnull=False).order_by("pk").values_list("pk", flat=True)
    ):
        try:
            done += carry_out(user_id=user_id)
        except Exception:
            # One that cannot be emptied must not keep the others.
            log.exception("Account %s is closed, and could not be emptied yet.", user_id)
    forget_ended_connections()
    Mail.objects.filter(kind=Mail.Kind.ACCOUNT_CLOSED).exclude(state__in=Mail.UNDER_WAY).delete()
    return done


def forget_ended_connections() -> int:
    """Those of which nothing is left to tell ORCID: at once of people who have no account any more,
    of others when their time is over (H7)."""
    limit = days_ago("RETAIN_FORMER_CONTACTS_DAYS")
    people = User.objects.exclude(orcid=None).values("orcid")
    return connections.forget_ended(keep=people, before=limit)


def _leave_everywhere(user: User, wish: Mapping[str, Any], by: Actor) -> None:
    """C9, place by place, each in its own transaction. A successor who has left meanwhile is none."""
    named: dict[str, int] = wish["successors"]
    for contact in list(Contact.objects.of(user).order_by("member")):
        if not wish["own"]:
            leaving.remove_contact(contact_id=contact.pk, by=by)
            continue
        who = Actor.contact(user)
        try:
            leaving.leave(contact_id=contact.pk, by=who, successor_id=named.get(str(contact.pk)))
        except ValidationError:
            leaving.leave(contact_id=contact.pk, by=who)


@transaction.atomic
def empty_user(*, user_id: int, by: Actor) -> bool:
    """Empty and close an account, and everything that names its person; the row stays, as history
    points at it (H4).

    Whoever signs in again with the same iD begins anew. Readers of the feed are told at each member
    at which the person acted. False while they are a contact, or a mail to them is being sent.
    """
    require_trusted(by)
    _lock_members(User.objects.get(pk=user_id))
    # Others hold a member, and store rows that name the person: `no_key` lets them commit.
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    accounts = [user, *user.former.select_for_update(no_key=True)]
    contacts = list(Contact.objects.ever_of(user))
    if any(contact.removed_at is None for contact in contacts):
        return False  # added somewhere a moment ago: that is left first (C9)
    traces = traces_of(accounts, contacts)
    gone = Erased()
    answers: list[tuple[Any, Any]] = signals.person_emptied.send(
        sender=User, person=user, traces=traces
    )
    for _receiver, erased in answers:
        gone.add(erased)
    traces = traces.and_by(addresses=gone.addresses, names=gone.names)
    if wiping.is_under_way(traces):
        transaction.set_rollback(True)
        return False
    news = belongings.erase_contacts(contacts, gone)
    news += belongings.erase_asked(accounts, traces, gone)
    typed = belongings.erase_sign_in(accounts, gone)
    for account in accounts:
        _empty(account)
    erase_traces(traces, gone, {User: [one.pk for one in accounts]}, unproved=typed)
    _tell_of_acting(accounts, gone)
    erase_personal(events=Event.objects.filter(pk__in=gone.events), by=by, also=gone.also)
    Event.append(*news)  # after the members that were found only now are locked, too (H3)
    return True


def _lock_members(user: User) -> None:
    """Where the person is or was a contact, or acted: before the accounts, as every service does."""
    acted = Event.objects.filter(actor__in=[user, *user.former.all()], member__isnull=False)
    keys = {
        *Contact.objects.ever_of(user).values_list("member", flat=True),
        *acted.order_by().values_list("member", flat=True),
    }
    list(Member.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",)))


def _empty(account: User) -> None:
    account.orcid, account.is_active = None, False
    account.name = account.first_name = account.last_name = account.email = ""
    account.is_staff = account.is_superuser = False
    account.last_login, account.closing = None, None
    account.emptied_at = timezone.now()
    account.set_unusable_password()
    account.save()
    clear_profile(account)
    account.groups.clear()
    account.user_permissions.clear()


def erase_traces(
    traces: Traces,
    gone: Erased,
    rows: Mapping[Any, Collection[int]],
    unproved: Collection[str] = (),
) -> None:
    """What others' rows say of them: events, mails, reports, files, the operator's log."""
    gone.events |= events_naming(traces)
    wiping.wipe_mails(traces, unproved)
    wiping.wipe_free_texts(traces)
    wiping.wipe_left_out_rows(traces)
    wiping.wipe_admin_log(traces, rows)


def _tell_of_acting(accounts: Collection[User], gone: Erased) -> None:
    """Readers of the feed: what names the account, and each member where the person acted."""
    gone.naming(
        Event.objects.filter(changes__person__in=[account.username for account in accounts])
    )
    for account in accounts:
        acted = Event.objects.filter(actor=account, member__isnull=False).order_by()
        for member in acted.values_list("member_id", flat=True).distinct():
            gone.tell(member or 0, "actors", account.username)
