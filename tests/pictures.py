"""Pictures to send, and what of them is kept."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image


def drawn(
    format_: str = "PNG", size: tuple[int, int] = (300, 150), mode: str = "RGB", **options: Any
) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "green").save(written, format_, **options)
    return written.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 900 million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]
