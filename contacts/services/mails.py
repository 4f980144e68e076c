"""Mails: a row first, then delivered by Celery, never twice (rule H6)."""

import datetime
import logging
import smtplib
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, Self

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.announcement_letters import Withdrawn, announcement_letter
from contacts.letters import (
    Letter,
    as_known_there,
    consortium_of,
    letterhead,
    new_message_id,
    write,
    written_before,
)
from contacts.localisation import reader_at, speaking_to
from contacts.models import Invitation, Mail
from contacts.waking import wake
from members.models import Member

log = logging.getLogger(__name__)

# How long a worker may hold a mail before its fate counts as not known.
LEASE = datetime.timedelta(minutes=10)
MOST_ATTEMPTS = 8
RETRIES_AFTER = [1, 5, 15, 60, 180, 360, 720]  # minutes


def queue_mail(
    *,
    kind: Mail.Kind,
    to: str,
    context: Mapping[str, Any],
    member: Member | None = None,
    invitation: Invitation | None = None,
) -> Mail | None:
    """Render `mail/<kind>` in text and HTML, store the row, and wake a worker after commit.

    In the language and time zone of whoever reads mail there. Helpdesk, reply-to and privacy notice
    are the consortium's own. The first mail to an address says who gave it, why it is kept and how to
    object (H7): `first_mail` in the templates.
    Returns None for an empty address: a contact need not have one.
    """
    if not to:
        return None
    consortium = consortium_of(member)
    full_context = {
        **letterhead(consortium, member),
        "first_mail": not written_before(to),
        **context,
        "by": as_known_there(context.get("by"), member),
    }
    # Whoever acts may have chosen another language, and another time zone.
    with speaking_to(reader_at(to)):
        subject = render_to_string(f"mail/{kind}.subject.txt", full_context)
        letter = write(kind, full_context)
    mail = Mail.objects.create(
        kind=kind,
        to=to,
        reply_to=(consortium.reply_to_email if consortium else ""),
        subject=" ".join(subject.split())[:255],
        text=letter.text,
        html=letter.html,
        member=member,
        invitation=invitation,
        message_id=new_message_id(),
    )
    wake("contacts.tasks.deliver_mail", mail.pk)
    return mail


class Line:
    """A connection to the mail server, which the mails of a batch share."""

    def __init__(self) -> None:
        self._held: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.drop()

    def open(self) -> Any:
        """The connection, made or still good. Raises `OSError` when the server cannot be reached."""
        if self._held is not None and not _is_alive(self._held):
            self.drop()
        if self._held is None:
            connection = get_connection()
            connection.open()
            self._held = connection
        return self._held

    def drop(self) -> None:
        if self._held is not None:
            _close(self._held)
        self._held = None


def _is_alive(connection: Any) -> bool:
    """Asked before each further mail: one that breaks later leaves in doubt what has gone out."""
    server = getattr(connection, "connection", None)
    try:
        return server is not None and server.noop()[0] == 250
    except OSError:
        return False


def deliver(*, mail_id: int, line: Line | None = None) -> Mail.State | None:
    """Send one mail if it is due and nobody else has claimed it; return its new state.

    Claimed by one UPDATE, sent outside any transaction. What failed for certain is tried again
    later; what may have gone out is *not known* and is never repeated by itself.
    """
    now = timezone.now()
    claimed = Mail.objects.due().filter(pk=mail_id).update(state=Mail.State.SENDING, claimed_at=now)
    if not claimed:
        return None
    related = Mail.objects.select_related("announcement__consortium", "contact__member")
    mail = related.get(pk=mail_id)
    mail.attempts += 1
    with nullcontext(line) if line else Line() as open_line:
        _send(mail, open_line)
    # A sweep may have given the mail up meanwhile; the truth is what happened here.
    mail.save(
        update_fields=["state", "attempts", "due_at", "sent_at", "last_error", "text", "html"]
    )
    return Mail.State(mail.state)


def _send(mail: Mail, line: Line) -> None:
    try:
        letter = _letter(mail)
    except Withdrawn as reason:
        mail.state, mail.last_error = Mail.State.WITHDRAWN, str(reason)
        return
    try:
        connection = line.open()
    except OSError as error:
        _try_later(mail, _("The mail server cannot be reached (%s).") % type(error).__name__)
        return
    try:
        _message(mail, letter, connection).send()
    except ValueError:
        # Nothing has been said to the server yet.
        mail.state, mail.last_error = (
            Mail.State.FAILED,
            _("No mail can be written to this address."),
        )
        return
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
        return
    line.drop()


def _letter(mail: Mail) -> Letter:
    """As it was written when it was queued; that of an announcement is written now."""
    if mail.announcement_id:
        return announcement_letter(mail)
    return Letter(mail.text, mail.html, mail.headers)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except OSError:
        log.info("The mail server hung up first.")


def _message(mail: Mail, letter: Letter, connection: Any) -> EmailMultiAlternatives:
    own = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(
        mail.subject,
        letter.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={**letter.headers, **own},
        connection=connection,
    )
    message.attach_alternative(letter.html, "text/html")
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

    Announcements are looked after in `deliveries`: thousands of them must not stand before an
    invitation. Returns how many were woken.
    """
    Mail.objects.filter(state=Mail.State.SENDING, claimed_at__lt=timezone.now() - LEASE).update(
        state=Mail.State.UNKNOWN,
        last_error=_("The worker stopped while the mail was being sent."),
    )
    due = Mail.objects.due().filter(announcement=None).order_by("due_at")
    keys = list(due.values_list("pk", flat=True)[:most])
    for mail_id in keys:
        wake("contacts.tasks.deliver_mail", mail_id)
    return len(keys)


def send_again(*, mail_id: int) -> bool:
    """Queue a mail whose fate is not known, or that failed, once more. False if it was neither."""
    with transaction.atomic():
        changed = Mail.objects.filter(
            pk=mail_id, state__in=[Mail.State.UNKNOWN, Mail.State.FAILED]
        ).update(state=Mail.State.QUEUED, attempts=0, due_at=timezone.now(), last_error="")
        if changed:
            wake("contacts.tasks.deliver_mail", mail_id)
    return bool(changed)


def withdraw_mails_of(invitation: Invitation) -> None:
    """Mails of an invitation that have not left yet stay here, without their link."""
    Mail.objects.filter(invitation=invitation, state=Mail.State.QUEUED).update(
        state=Mail.State.WITHDRAWN, text="", html=""
    )
