"""Help requests: asked by anyone, handled by the lead desk, escalated to the operator (A4, A8).

Nothing reaches the desk before the address is proved by a mailed link. The link is signed, not
stored; it leads the one who asked to the status page.
"""

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.letters import consortium_of, site_url
from contacts.models import HelpMessage, HelpRequest, Mail, User
from contacts.permissions import can_manage_desk
from contacts.services.charge import desk_addresses
from contacts.services.mails import queue_mail
from contacts.throttles import HELP_REPLIES, HELP_TO_ADDRESS, MAILS_TO_ADDRESS, spend, too_many
from members.actors import Actor
from members.models import Consortium, Event, Member
from members.text import one_line

_SALT = "contacts.help-request"
ASKER = "asker"


def token_of(request: HelpRequest) -> str:
    """For the mailed link to the page of the request."""
    return signing.dumps(request.pk, salt=_SALT)


def request_behind(token: str) -> HelpRequest:
    """The request of a mailed link. Raises `ValidationError` for one that is not ours."""
    dead = ValidationError(_("This link is not complete, or too old."), code="dead")
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise dead from None
    found = HelpRequest.objects.filter(pk=pk).select_related("member", "consortium").first()
    if found is None:
        raise dead
    return found


@transaction.atomic
def open_request(
    *,
    kind: str,
    name: str,
    email: str,
    text: str,
    organisation: str = "",
    member: Member | None = None,
    consortium: Consortium | None = None,
    user: User | None = None,
) -> HelpRequest:
    """Store a request and mail a link that proves the address; the desk hears of it only then.

    Raises `ValidationError` with code `throttled` when the address has asked often today.
    """
    name, email = one_line(name), email.strip().lower()
    if wait := spend((HELP_TO_ADDRESS, email), (MAILS_TO_ADDRESS, email)):
        raise too_many(wait)
    request = HelpRequest(
        kind=kind,
        name=name,
        email=email,
        organisation=one_line(organisation) or (str(member) if member else ""),
        member=member,
        consortium=consortium or consortium_of(member),
        user=user,
    )
    request.full_clean()
    request.save()
    HelpMessage.objects.create(
        request=request, author=user, capacity=ASKER, state=request.state, text=text
    )
    _mail_asker(request, Mail.Kind.REQUEST_TO_PROVE)
    return request


@transaction.atomic
def prove_request(*, token: str) -> HelpRequest:
    """The mailed link was followed: the desk is told; without a consortium, the operator.

    Proving twice changes nothing. Raises `ValidationError` for a dead link.
    """
    request = _lock(request_behind(token).pk)
    if request.proved_at:
        return request
    request.proved_at = timezone.now()
    state = HelpRequest.State.OPEN if request.consortium else HelpRequest.State.ESCALATED
    _mail_asker(request, Mail.Kind.REQUEST_RECEIVED)
    _step(request, state, "", None, ASKER)
    _tell_those_in_charge(request)
    Event.append(_event(Event.Kind.REQUEST_OPENED, request, Actor.system()))
    return request


@transaction.atomic
def reply(*, token: str, text: str) -> HelpRequest:
    """The one who asked adds something; an answered request is open again.

    Raises `ValidationError` for a dead link, and for a request that is closed.
    """
    request = _lock(request_behind(token).pk)
    if request.closed_at or not request.proved_at:
        raise ValidationError(_("This request is closed. You can make a new one."), code="closed")
    if wait := spend((HELP_REPLIES, request.pk)):
        text = _("You have added much today. Wait for an answer, or go on in %(wait)s.")
        raise too_many(wait, text)
    answered = request.state == HelpRequest.State.ANSWERED
    state = HelpRequest.State.OPEN if answered else HelpRequest.State(request.state)
    _step(request, state, text, None, ASKER)
    _tell_those_in_charge(request)
    return request


@transaction.atomic
def handle(*, request_id: int, state: HelpRequest.State, text: str, by: Actor) -> HelpRequest:
    """Answer, resolve, decline (with a reason) or escalate; the one who asked is mailed.

    For managers of the desk (A4) and the operator. Raises `PermissionDenied`, `ValidationError`
    when the request is closed, or a reason or answer is missing.
    """
    request = _lock(request_id)
    if request.consortium is None and not by.is_operator:
        raise PermissionDenied
    if request.consortium and not can_manage_desk(by, request.consortium):
        raise PermissionDenied
    _check_step(request, state, text)
    _step(request, state, text, by.user, by.capacity)
    _mail_asker(request, Mail.Kind.REQUEST_CHANGED, text=text)
    if state == HelpRequest.State.ESCALATED:
        _tell_those_in_charge(request)
    Event.append(_event(Event.Kind.REQUEST_CHANGED, request, by, state=str(state)))
    return request


def _check_step(request: HelpRequest, state: HelpRequest.State, text: str) -> None:
    if request.closed_at or not request.proved_at:
        raise ValidationError(_("This request has been closed meanwhile."), code="closed")
    if state not in {*HelpRequest.CLOSED, HelpRequest.State.ANSWERED, HelpRequest.State.ESCALATED}:
        raise ValidationError(_("Choose what to do with the request."), code="state")
    needs_words = {HelpRequest.State.ANSWERED, HelpRequest.State.DECLINED}
    if state in needs_words and not text.strip():
        raise ValidationError({"text": _("Say why: the one who asked reads it.")})


def _lock(request_id: int) -> HelpRequest:
    return (
        HelpRequest.objects.select_for_update(of=("self",))
        .select_related("member", "consortium")
        .get(pk=request_id)
    )


def _step(
    request: HelpRequest, state: HelpRequest.State, text: str, author: User | None, capacity: str
) -> None:
    request.state = state
    request.closed_at = timezone.now() if state in HelpRequest.CLOSED else None
    request.save()
    HelpMessage.objects.create(
        request=request, author=author, capacity=capacity, state=state, text=text
    )


def _mail_asker(request: HelpRequest, kind: Mail.Kind, text: str = "") -> None:
    queue_mail(
        kind=kind,
        to=request.email,
        member=request.member,
        context={
            "request": request,
            "answer": text,
            "url": site_url(reverse("help_status", args=[token_of(request)])),
        },
    )


def _tell_those_in_charge(request: HelpRequest) -> None:
    escalated = request.state == HelpRequest.State.ESCALATED
    if escalated or request.consortium is None:
        addresses = [settings.HELPDESK_EMAIL]
        path = reverse("admin:contacts_helprequest_change", args=[request.pk])
    else:
        addresses = desk_addresses(request.consortium, levels=frozenset({"manager"}))
        path = reverse("lead:request", args=[request.consortium.slug, request.pk])
    for address in addresses:
        queue_mail(
            kind=Mail.Kind.REQUEST_FOR_DESK,
            to=address,
            member=request.member,
            context={"request": request, "escalated": escalated, "url": site_url(path)},
        )


def _event(kind: Event.Kind, request: HelpRequest, by: Actor, **changes: object) -> Event:
    """Without the name of who asked: the member's own contacts read it, whom it may be about."""
    return Event(
        member=request.member,
        consortium=request.consortium,
        kind=kind,
        changes={"help_request": request.pk, "request_kind": request.kind, **changes},
        actor=by.user,
        capacity=by.capacity,
    )
