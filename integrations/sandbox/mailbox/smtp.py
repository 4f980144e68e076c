"""The SMTP sink: takes every mail on loopback and delivers it nowhere but into the mailbox."""

import asyncio
import contextlib
import email
import email.policy
import threading
from collections.abc import Iterator

from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction

from integrations.sandbox.models import Message, Recipient

HOST = "127.0.0.1"


@contextlib.contextmanager
def running(port: int) -> Iterator[int]:
    """Run the sink in a thread on 127.0.0.1; yields the port it listens on (0 takes a free one)."""
    loop = asyncio.new_event_loop()
    listening = loop.create_server(lambda: SMTP(Sink(), hostname=HOST, loop=loop), HOST, port)
    try:
        server = loop.run_until_complete(listening)
    except OSError as error:
        raise OSError(f"cannot listen on {HOST}:{port} ({error.strerror}).") from error
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        # In the loop's own thread: a connection that ends just now closes there, too.
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Sink:
    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        await sync_to_async(store, thread_sensitive=False)(
            raw, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos
        )
        return "250 Kept in the mailbox of the local ORCID sandbox"


def store(raw: bytes, *, sender: str, recipients: list[str]) -> Message:
    subject = str(email.message_from_bytes(raw, policy=email.policy.default)["subject"] or "")
    close_old_connections()
    try:
        with transaction.atomic():
            message = Message.objects.create(sender=sender, subject=subject, raw=raw)
            Recipient.objects.bulk_create(
                Recipient(message=message, address=address.lower()) for address in recipients
            )
        return message
    finally:
        close_old_connections()
