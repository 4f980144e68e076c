"""A real mail server on localhost, which can also misbehave."""

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

if TYPE_CHECKING:
    from email.message import Message


class MailServer:
    """Keeps what it is given; `answer` replaces its reply to DATA, `refuse` that to RCPT."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answer = "250 OK"
        self.refuse = ""
        self.hang_up = False

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hang_up:
            server.transport.abort()  # type: ignore[union-attr]  # a socket's
            await asyncio.Event().wait()
        if self.answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.messages.append(message_from_bytes(content))
        return self.answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield handler
    controller.stop()
