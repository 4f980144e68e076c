"""A server that replays fixed answers: a record of so many works, whoever asks, so many milliseconds late.

`python -m bench.replay <works> <milliseconds>` prints the port it listens at. So little happens here that
what is measured is the portal.
"""

import asyncio
import json
import sys
from typing import Any

FIRST_PUT_CODE = 1000
_MODIFIED = {"value": 1_700_000_000_000}


def _external_ids(number: int) -> dict[str, Any]:
    return {
        "external-id": [
            {
                "external-id-type": kind,
                "external-id-value": value,
                "external-id-normalized": {"value": value, "transient": True},
                "external-id-normalized-error": None,
                "external-id-url": {"value": f"https://doi.org/{value}"},
                "external-id-relationship": relationship,
            }
            for kind, value, relationship in (
                ("doi", f"10.5555/bench.{number}", "self"),
                ("issn", "0317-8471", "part-of"),
            )
        ]
    }


def _summary(number: int) -> dict[str, Any]:
    title = f"A work of some length about the measuring of publications, number {number}"
    return {
        "put-code": FIRST_PUT_CODE + number,
        "created-date": _MODIFIED,
        "last-modified-date": _MODIFIED,
        "source": {
            "source-orcid": None,
            "source-client-id": {"uri": "u", "path": "APP-SOMEBODYELSE", "host": "orcid.org"},
            "source-name": {"value": "Crossref"},
        },
        "title": {"title": {"value": title}, "subtitle": None, "translated-title": None},
        "external-ids": _external_ids(number),
        "url": {"value": f"https://doi.org/10.5555/bench.{number}"},
        "type": "journal-article",
        "publication-date": {"year": {"value": "2012"}, "month": {"value": "10"}, "day": None},
        "journal-title": {"value": "Journal of Measurements"},
        "visibility": "public",
        "path": f"/work/{FIRST_PUT_CODE + number}",
        "display-index": "1",
    }


def whole(number: int) -> dict[str, Any]:
    people = [
        {
            "contributor-orcid": None,
            "credit-name": {"value": f"Ada B. Person{place}"},
            "contributor-email": None,
            "contributor-attributes": {
                "contributor-sequence": "additional",
                "contributor-role": "author",
            },
        }
        for place in range(4)
    ]
    more = {
        "short-description": "What it says, in a few sentences. " * 8,
        "citation": {"citation-type": "bibtex", "citation-value": "@article{a, title={B}}" * 6},
        "contributors": {"contributor": people},
        "language-code": "en",
        "country": {"value": "GB"},
    }
    return {key: value for key, value in _summary(number).items() if key != "display-index"} | more


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _answer(content: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


class _Record:
    def __init__(self, works: int) -> None:
        groups = [
            {
                "last-modified-date": _MODIFIED,
                "external-ids": {"external-id": _external_ids(number)["external-id"][:1]},
                "work-summary": [_summary(number)],
            }
            for number in range(works)
        ]
        section = {"last-modified-date": _MODIFIED, "group": groups, "path": "/works"}
        self._list = _answer(_json(section))
        self._slots = [_json({"work": whole(number)}) for number in range(works)]
        self._last: tuple[str, bytes] = ("", b"")

    def answer(self, path: str) -> bytes:
        if path.endswith("/works"):
            return self._list
        asked = path.rpartition("/")[2]
        if asked != self._last[0]:
            slots = [self._slots[int(code) - FIRST_PUT_CODE] for code in asked.split(",")]
            self._last = (asked, _answer(b'{"bulk":[' + b",".join(slots) + b"]}"))
        return self._last[1]


class _Replay(asyncio.Protocol):
    def __init__(self, record: _Record, delay: float) -> None:
        self._record, self._delay = record, delay
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            request, _end, self._got = self._got.partition(b"\r\n\r\n")
            content = self._record.answer(request.split(b" ", 2)[1].decode())
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, content)
            else:
                self._transport.write(content)


async def _serve(works: int, milliseconds: int) -> None:
    record = _Record(works)
    server = await asyncio.get_running_loop().create_server(
        lambda: _Replay(record, milliseconds / 1000), "127.0.0.1", 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
