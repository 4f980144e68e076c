"""Mails: a row first, then delivered by Celery, never twice (rule H6)."""

import datetime
import logging
import re
import smtplib
from collections.abc import Mapping
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact, Invitation, Mail, User
from members.models import Consortium, Member

log = logging.getLogger(__name__)

# How long a worker may hold a mail before its fate counts as not known.
LEASE = datetime.timedelta(minutes=10)
MOST_ATTEMPTS = 8
RETRIES_AFTER = [1, 5, 15, 60, 180, 360, 720]  # minutes


def site_url(path: str) -> str:
    """The absolute address of a page, for mails."""
    return f"{settings.SITE_URL}{path}"


def consortium_of(member: Member | None) -> Consortium | None:
    """The consortium a member belongs to now, or will; none for a direct member."""
    if member is None:
        return None
    period = (
        member.memberships.current()
        .exclude(consortium=None)
        .select_related("consortium")
        .order_by("start")
        .first()
    )
    return period.consortium if period else None


def queue_mail(
    *,
    kind: Mail.Kind,
    to: str,
    context: Mapping[str, Any],
    member: Member | None = None,
    invitation: Invitation | None = None,
) -> Mail | None:
    """Render `mail/<kind>` in text and HTML, store the row, and wake a worker after commit.

    Helpdesk, reply-to and privacy notice are the consortium's own. The first mail to an address
    says who gave it, why it is kept and how to object (H7): `first_mail` in the templates.
    Returns None for an empty address: a contact need not have one.
    """
    if not to:
        return None
    consortium = consortium_of(member)
    full_context = {
        "portal_name": settings.PORTAL_NAME,
        "site_url": settings.SITE_URL,
        "member": member,
        "consortium": consortium,
        "helpdesk": (consortium and consortium.helpdesk_email) or settings.HELPDESK_EMAIL,
        "privacy_url": _privacy_url(consortium),
        "first_mail": not Mail.objects.filter(to__iexact=to).exists(),
        **context,
        "by": _as_known_there(context.get("by"), member),
    }
    subject = render_to_string(f"mail/{kind}.subject.txt", full_context)
    mail = Mail.objects.create(
        kind=kind,
        to=to,
        reply_to=(consortium.reply_to_email if consortium else ""),
        subject=" ".join(subject.split())[:255],
        text=re.sub(r"\n{3,}", "\n\n", render_to_string(f"mail/{kind}.txt", full_context)).lstrip(),
        html=render_to_string(f"mail/{kind}.html", full_context),
        member=member,
        invitation=invitation,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )
    _wake(mail.pk)
    return mail


def _as_known_there(by: User | None, member: Member | None) -> User | Contact | None:
    """Who acts, under the name the member knows: many names are not public at ORCID."""
    if by is None or member is None:
        return by
    known = Contact.objects.of(by)
    # Whoever acts for the lead is known as the lead's contact.
    return known.filter(member=member).first() or known.filter(_leads(member)).first() or by


def _leads(member: Member) -> Q:
    consortium = consortium_of(member)
    return Q(member=consortium.lead_id) if consortium else Q(pk=None)


def _privacy_url(consortium: Consortium | None) -> str:
    if consortium is None or not consortium.privacy_notice:
        return ""
    return site_url(reverse("privacy", args=[consortium.slug]))


def _wake(mail_id: int) -> None:
    from contacts.tasks import deliver_mail  # noqa: PLC0415  # the task calls this module

    def send() -> None:
        try:
            deliver_mail.apply_async(args=(mail_id,), retry=False)
        except Exception:  # noqa: BLE001  # whatever the broker raises, the sweep finds the row
            log.warning("No worker could be woken; mail %s waits for the sweep.", mail_id)

    transaction.on_commit(send, robust=True)


def deliver(*, mail_id: int) -> Mail.State | None:
    """Send one mail if it is due and nobody else has claimed it; return its new state.

    Claimed by one UPDATE, sent outside any transaction. What failed for certain is tried again
    later; what may have gone out is *not known* and is never repeated by itself.
    """
    now = timezone.now()
    claimed = Mail.objects.due().filter(pk=mail_id).update(state=Mail.State.SENDING, claimed_at=now)
    if not claimed:
        return None
    mail = Mail.objects.select_related("member").get(pk=mail_id)
    mail.attempts += 1
    _send(mail)
    # A sweep may have given the mail up meanwhile; the truth is what happened here.
    mail.save(
        update_fields=["state", "attempts", "due_at", "sent_at", "last_error", "text", "html"]
    )
    return Mail.State(mail.state)


def _send(mail: Mail) -> None:
    try:
        connection = get_connection()
        connection.open()
    except OSError as error:
        _try_later(mail, _("The mail server cannot be reached (%s).") % type(error).__name__)
        return
    try:
        _message(mail, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        _refused(mail, max(codes), _("The mail server refused the address."))
    except smtplib.SMTPResponseException as error:
        _refused(mail, error.smtp_code, _("The mail server refused the mail."))
    except OSError:
        # The connection broke after the message had begun to go out.
        mail.state = Mail.State.UNKNOWN
        mail.last_error = _("The connection broke while the mail was being handed over.")
    else:
        mail.state, mail.sent_at, mail.last_error = Mail.State.SENT, timezone.now(), ""
        mail.text = mail.html = ""  # it may have held a single-use link
    finally:
        _close(connection)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except OSError:
        log.info("The mail server hung up first.")


def _message(mail: Mail, connection: Any) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _refused(mail: Mail, code: int, reason: str) -> None:
    if 400 <= code < 500:  # SMTP: 4xx is for now, 5xx for good
        _try_later(mail, f"{reason} ({code})")
    else:
        mail.state, mail.last_error = Mail.State.FAILED, f"{reason} ({code})"


def _try_later(mail: Mail, reason: str) -> None:
    mail.last_error = reason
    if mail.attempts >= MOST_ATTEMPTS:
        mail.state = Mail.State.FAILED
        return
    mail.state = Mail.State.QUEUED
    mail.due_at = timezone.now() + datetime.timedelta(minutes=RETRIES_AFTER[mail.attempts - 1])


def sweep(*, most: int = 500) -> int:
    """Wake a worker for each mail that is due, and own up to those in flight when one died.

    Returns how many were woken.
    """
    Mail.objects.filter(state=Mail.State.SENDING, claimed_at__lt=timezone.now() - LEASE).update(
        state=Mail.State.UNKNOWN,
        last_error=_("The worker stopped while the mail was being sent."),
    )
    due = list(Mail.objects.due().order_by("due_at").values_list("pk", flat=True)[:most])
    for mail_id in due:
        _wake(mail_id)
    return len(due)


def send_again(*, mail_id: int) -> bool:
    """Queue a mail whose fate is not known, or that failed, once more. False if it was neither."""
    with transaction.atomic():
        changed = Mail.objects.filter(
            pk=mail_id, state__in=[Mail.State.UNKNOWN, Mail.State.FAILED]
        ).update(state=Mail.State.QUEUED, attempts=0, due_at=timezone.now(), last_error="")
        if changed:
            _wake(mail_id)
    return bool(changed)


def withdraw_mails_of(invitation: Invitation) -> None:
    """Mails of an invitation that have not left yet stay here, without their link."""
    Mail.objects.filter(invitation=invitation, state=Mail.State.QUEUED).update(
        state=Mail.State.WITHDRAWN, text="", html=""
    )
