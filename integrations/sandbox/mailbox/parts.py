"""A stored mail, read."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from integrations.sandbox.models import Message

URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text part; `is_link` when it is an address to follow."""

    text: str
    is_link: bool


@dataclass(frozen=True)
class Mail:
    message: Message
    headers: list[tuple[str, str]]
    text: str
    html: str

    @property
    def recipients(self) -> list[str]:
        return [recipient.address for recipient in self.message.recipients.all()]

    @property
    def author(self) -> str:
        """The From header, with the name; the envelope's sender when there is none."""
        written = [value for name, value in self.headers if name.lower() == "from"]
        return written[0] if written else self.message.sender

    @property
    def pieces(self) -> list[Piece]:
        """The text part, cut at its links."""
        found: list[Piece] = []
        at = 0
        for link in URL.finditer(self.text):
            found.append(Piece(self.text[at : link.start()], is_link=False))
            found.append(Piece(link[0], is_link=True))
            at = link.end()
        found.append(Piece(self.text[at:], is_link=False))
        return [piece for piece in found if piece.text]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.message.pk,
            "from": self.author,
            "to": self.recipients,
            "subject": self.message.subject,
            "date": self.message.received_at.isoformat(),
            "headers": self.headers,
            "text": self.text,
            "html": self.html,
        }


def read(message: Message) -> Mail:
    parsed = email.message_from_bytes(bytes(message.raw), policy=email.policy.default)
    return Mail(
        message=message,
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=part(parsed, "plain"),
        html=part(parsed, "html"),
    )


def part(parsed: EmailMessage, kind: str) -> str:
    found = parsed.get_body(preferencelist=(kind,))
    if found is None:
        return ""
    content = found.get_content()
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
