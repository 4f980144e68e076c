"""H6: a mail is a row first; it is delivered once, or the row says what is not known."""

import datetime
from email.message import Message

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from contacts import tasks
from contacts.models import Mail
from contacts.services import mails
from tests.factories import make_user
from tests.mails.conftest import MailServer

pytestmark = pytest.mark.django_db
LINK = "http://testserver/accounts/confirm-email/a-secret-key/"


def queue() -> Mail:
    mail = mails.queue_mail(
        kind=Mail.Kind.ADDRESS_TO_PROVE,
        to="reader@uni.example",
        context={"user": make_user(name="Rea Der"), "url": LINK},
    )
    assert mail is not None
    return mail


def part(message: Message, content_type: str) -> str:
    for piece in message.walk():
        if piece.get_content_type() == content_type:
            payload = piece.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError(f"no {content_type}")


def test_a_queued_mail_arrives_in_text_and_html(mail_server: MailServer) -> None:
    mail = queue()

    mails.deliver(mail_id=mail.pk)

    [message] = mail_server.messages
    assert message["To"] == "reader@uni.example"
    assert message["From"] == "portal@consortium.example"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert LINK in part(message, "text/plain")
    assert f'href="{LINK}"' in part(message, "text/html")


def test_the_task_delivers(mail_server: MailServer) -> None:
    mail = queue()

    tasks.deliver_mail(mail.pk)

    assert [message["To"] for message in mail_server.messages] == [mail.to]


def test_delivering_twice_sends_once(mail_server: MailServer) -> None:
    mail = queue()

    first, second = mails.deliver(mail_id=mail.pk), mails.deliver(mail_id=mail.pk)

    assert (first, second) == (Mail.State.SENT, None)
    assert len(mail_server.messages) == 1


def test_the_body_is_encrypted_at_rest_and_emptied_once_sent(mail_server: MailServer) -> None:
    mail = queue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, html FROM contacts_mail WHERE id = %s", [mail.pk])
        stored = cursor.fetchone()

    mails.deliver(mail_id=mail.pk)

    assert "a-secret-key" not in "".join(stored)
    mail.refresh_from_db()
    assert (mail.text, mail.html) == ("", "")


def test_an_unreachable_server_is_tried_again_later(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    mail = queue()

    mails.deliver(mail_id=mail.pk)

    mail.refresh_from_db()
    assert mail.state == Mail.State.QUEUED
    assert mail.due_at > timezone.now()
    assert mail.last_error.startswith("The mail server cannot be reached")


def test_an_address_refused_for_good_fails_and_says_so(mail_server: MailServer) -> None:
    mail_server.refuse = "550 No such person"
    mail = queue()

    mails.deliver(mail_id=mail.pk)

    mail.refresh_from_db()
    assert mail.state == Mail.State.FAILED
    assert mail.last_error == "The mail server refused the address. (550)"


@pytest.mark.parametrize(
    ("answer", "state"), [("451 Later", Mail.State.QUEUED), ("554 Never", Mail.State.FAILED)]
)
def test_the_servers_answer_decides_whether_to_try_again(
    mail_server: MailServer, answer: str, state: Mail.State
) -> None:
    mail_server.answer = answer

    assert mails.deliver(mail_id=queue().pk) == state


def test_it_gives_up_after_the_last_attempt(mail_server: MailServer) -> None:
    mail_server.answer = "451 Later"
    mail = queue()
    Mail.objects.update(attempts=mails.MOST_ATTEMPTS - 1)

    assert mails.deliver(mail_id=mail.pk) == Mail.State.FAILED


def test_a_connection_that_breaks_while_sending_is_not_known(mail_server: MailServer) -> None:
    mail_server.hang_up = True
    mail = queue()

    assert mails.deliver(mail_id=mail.pk) == Mail.State.UNKNOWN
    assert mails.sweep() == 0


def test_a_mail_whose_worker_died_is_not_known_and_not_repeated(mail_server: MailServer) -> None:
    mail = queue()
    long_ago = timezone.now() - mails.LEASE - datetime.timedelta(seconds=1)
    Mail.objects.update(state=Mail.State.SENDING, claimed_at=long_ago)

    mails.sweep()
    mails.deliver(mail_id=mail.pk)

    mail.refresh_from_db()
    assert mail.state == Mail.State.UNKNOWN
    assert mail_server.messages == []


def test_a_mail_still_being_sent_is_left_alone_by_the_sweep() -> None:
    mail = queue()
    Mail.objects.update(state=Mail.State.SENDING, claimed_at=timezone.now())

    mails.sweep()

    mail.refresh_from_db()
    assert mail.state == Mail.State.SENDING


def test_send_again_queues_what_is_not_known(mail_server: MailServer) -> None:
    mail = queue()
    Mail.objects.update(state=Mail.State.UNKNOWN)

    asked = mails.send_again(mail_id=mail.pk)
    mails.deliver(mail_id=mail.pk)

    assert asked is True
    assert len(mail_server.messages) == 1


def test_send_again_does_not_repeat_what_was_sent(mail_server: MailServer) -> None:
    mail = queue()
    mails.deliver(mail_id=mail.pk)

    assert mails.send_again(mail_id=mail.pk) is False
    assert mails.deliver(mail_id=mail.pk) is None


def test_a_broker_that_is_down_loses_nothing(
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def unplugged(*args: object, **kwargs: object) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.deliver_mail, "apply_async", unplugged)

    with django_capture_on_commit_callbacks(execute=True):
        mail = queue()

    assert list(Mail.objects.due()) == [mail]


def test_the_sweep_wakes_a_worker_for_each_mail_that_is_due(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    woken: list[int] = []
    wake = lambda **message: woken.append(message["args"][0])  # noqa: E731
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", wake)
    due, later = queue(), queue()
    Mail.objects.filter(pk=later.pk).update(due_at=timezone.now() + datetime.timedelta(minutes=5))

    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_due_mails()

    assert woken == [due.pk]
