"""The embedded broker: what a worker finds in its folder is complete."""

from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.utils.json import dumps

from portal import broker


def test_a_message_that_is_being_written_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
        "processed_folder": str(tmp_path / "processed"),
    }
    connection = Connection("filesystem://", transport_options=folders)
    worker, writer = connection.SimpleQueue("mails"), connection.SimpleQueue("mails")
    found: list[object] = []

    def dumps_slowly(payload: Any) -> str:
        with pytest.raises(Empty):
            found.append(worker.get(block=False))
        return str(dumps(payload))

    monkeypatch.setattr(broker, "dumps", dumps_slowly)
    writer.put({"mail": 1})
    message = worker.get(block=False)
    message.ack()
    connection.release()

    assert found == []
    assert message.payload == {"mail": 1}
    assert not list(tmp_path.glob("*.part"))
