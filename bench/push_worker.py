"""A worker that pushes made-up works: `python -m bench.push_worker`. Also killed by the tests.

Says *ready*, then does what beat and Celery do, until it is stopped: whatever is due, at once. A lane is
held for a few seconds only, so that what a killed worker held is soon free.
"""

import datetime
import random
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import patch

LEASE = datetime.timedelta(seconds=4)


class Works:
    """Every number is a work; `edition` changes them all."""

    edition = 1

    def payloads(self, item_ids: Sequence[int], connection: Any) -> Mapping[int, Any]:
        return {number: self._work(number) for number in item_ids}

    def may_go(self, deliveries: Sequence[Any]) -> Mapping[int, str]:
        return {}

    def normalized(self, kind: str, value: str) -> str:
        return value

    def _work(self, number: int) -> dict[str, Any]:
        doi = {
            "external-id-type": "doi",
            "external-id-value": f"10.5555/push.{number}",
            "external-id-relationship": "self",
        }
        return {
            "title": {"title": {"value": f"Work {number}, edition {self.edition}"}},
            "type": "journal-article",
            "external-ids": {"external-id": [doi]},
        }


def main(edition: int) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from integrations.push import sources  # noqa: PLC0415  # needs Django
    from integrations.push.services import lanes, sending  # noqa: PLC0415

    works = Works()
    works.edition = edition
    sources.register("work", works)
    lanes.LEASE = LEASE
    patch("integrations.push.services.lanes.wake").start()  # it looks by itself
    lanes.due()  # connected to the database, as one that has been running for a while
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        keys = lanes.due()
        random.shuffle(keys)
        if not sum(sending.deliver(connection_id=key) for key in keys):
            time.sleep(0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
