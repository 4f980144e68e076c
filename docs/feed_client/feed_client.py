#!/usr/bin/env python3
"""Keep a copy of the members and contacts that an API token reaches, in a SQLite file.

    MEMBER_TOOLS_TOKEN=mt_… python feed_client.py https://members.example.org copy.sqlite3

The first call copies everything, each later one what has changed since, out of the event feed. Call
it as often as you like, for example from cron. Needs Python 3.9 and nothing else.

Tables: `members` and `contacts`, as the API gives them, in the column `body`; `events`, the history,
of which `personal` is emptied when the portal erases it; `state`, the cursor.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator  # noqa: TC003  # plain for readers
from typing import Any

SCHEMA = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS state (
    cursor INTEGER NOT NULL, is_complete INTEGER NOT NULL, one INTEGER UNIQUE DEFAULT 1
);
INSERT OR IGNORE INTO state (cursor, is_complete) VALUES (0, 0);
CREATE TABLE IF NOT EXISTS members (id INTEGER PRIMARY KEY, slug TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS contacts (
    id INTEGER PRIMARY KEY, member INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, member INTEGER, kind TEXT NOT NULL, changes TEXT NOT NULL,
    personal TEXT, actor TEXT, actor_name TEXT, created_at TEXT NOT NULL
);
"""
AT_ONCE = 1000
PATIENCE = 5  # how often an answer "too many calls" is waited for


class Portal:
    """The API, as one token sees it."""

    def __init__(self, address: str, token: str) -> None:
        if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("A token is sent over https only.")
        self.base = address.rstrip("/") + "/api/v1/"
        self.token = token

    def get(self, path: str, **query: Any) -> Any:
        """The answer's JSON, or None where there is nothing (any more)."""
        address = urllib.parse.urljoin(self.base, path)
        if query:
            address += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": "Bearer " + self.token, "Accept": "application/json"}
        for _attempt in range(PATIENCE):
            try:
                request = urllib.request.Request(address, headers=headers)  # noqa: S310  # checked above
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code == 404:
                    return None
                if error.code != 429:
                    raise
                time.sleep(int(error.headers.get("Retry-After", "10")))
        raise TimeoutError("The portal is too busy. What is missing comes with the next call.")

    def pages(self, path: str) -> Iterator[Any]:
        """The rows of a list, page by page."""
        page = self.get(path, page_size=1000)
        while page:
            yield from page["results"]
            # Only the query: the rest of the address is ours, and so is whom the token is sent to.
            query = urllib.parse.urlsplit(page["next"] or "").query
            page = self.get(path + "?" + query) if query else None


class Copy:
    """The SQLite file."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path)
        self.db.executescript(SCHEMA)

    @property
    def cursor(self) -> int:
        return int(self.db.execute("SELECT cursor FROM state").fetchone()[0])

    @cursor.setter
    def cursor(self, value: int) -> None:
        self.db.execute("UPDATE state SET cursor = ?", [value])

    @property
    def is_complete(self) -> bool:
        return bool(self.db.execute("SELECT is_complete FROM state").fetchone()[0])

    @is_complete.setter
    def is_complete(self, value: bool) -> None:
        self.db.execute("UPDATE state SET is_complete = ?", [value])

    def put_member(self, member: Any) -> None:
        values = [member["id"], member["slug"], json.dumps(member)]
        self.db.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", values)

    def put_contact(self, contact: Any) -> None:
        values = [contact["id"], contact["member_id"], json.dumps(contact)]
        self.db.execute("INSERT OR REPLACE INTO contacts VALUES (?, ?, ?)", values)

    def drop_member(self, key: int) -> None:
        self.db.execute("DELETE FROM members WHERE id = ?", [key])
        self.drop_contacts(key)

    def drop_contacts(self, member: int) -> None:
        self.db.execute("DELETE FROM contacts WHERE member = ?", [member])

    def put_event(self, event: Any) -> None:
        personal = None if event["personal"] is None else json.dumps(event["personal"])
        actor = event["actor"] or {"id": None, "name": None}
        values = [event["id"], event["member_id"], event["kind"], json.dumps(event["changes"])]
        values += [personal, actor["id"], actor["name"], event["created_at"]]
        marks = ", ".join("?" * len(values))
        self.db.execute(f"INSERT OR REPLACE INTO events VALUES ({marks})", values)  # noqa: S608  # only marks

    def erase(self, changes: Any) -> None:
        """What the portal has erased is erased here (events, former contacts, people who acted)."""
        for key in changes.get("events", []):
            self.db.execute("UPDATE events SET personal = NULL WHERE id = ?", [key])
        for key in changes.get("contacts", []):
            self.db.execute("DELETE FROM contacts WHERE id = ?", [key])
        for key in changes.get("actors", []):
            self.db.execute("UPDATE events SET actor_name = NULL WHERE actor = ?", [key])

    def over(self, day: str) -> list[tuple[int, str]]:
        """Members whose last period has ended: no event says so on the day itself."""
        rows = self.db.execute("SELECT id, slug, body FROM members").fetchall()
        return [
            (key, slug)
            for key, slug, body in rows
            if all(p["end"] and p["end"] < day for p in json.loads(body)["memberships"])
        ]


def sync(portal: Portal, copy: Copy) -> int:
    """Bring the copy up to date; returns how many events were new.

    Each page of the feed and its cursor are stored together: whatever breaks in between, the next
    call goes on from there, and nothing is missed.
    """
    new = 0
    while True:
        page = portal.get("events/", after=copy.cursor, limit=AT_ONCE)
        with copy.db:
            touched = read_events(copy, page["results"])
            # The first time everything is copied at the end, later than what the feed has told.
            for key, slug in touched.items() if copy.is_complete else ():
                reload(portal, copy, key, slug)
            copy.cursor = page["next"]
        new += len(page["results"])
        if len(page["results"]) < AT_ONCE:
            break
    with copy.db:
        if not copy.is_complete:
            copy_everything(portal, copy)
            copy.is_complete = True
        for key, slug in copy.over(today()):
            reload(portal, copy, key, slug)
    return new


def today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def read_events(copy: Copy, events: list[Any]) -> dict[int, str]:
    """Store the events; the keys and slugs of the members that they concern."""
    touched = {}
    for event in events:
        copy.put_event(event)
        changes = event["changes"]
        if event["kind"] == "erased":
            copy.erase(changes)
        elif event["kind"] == "members_merged" and "dropped" in changes:
            copy.drop_member(changes["dropped"])
        if event["member_id"] is not None:
            touched[event["member_id"]] = event["member"]
    return touched


def reload(portal: Portal, copy: Copy, key: int, slug: str) -> None:
    """The member and its contacts as they are now; nothing, when it is out of reach."""
    member = portal.get(f"members/{slug}/")
    copy.drop_member(key)
    if member and member["id"] == key:
        copy.put_member(member)
        for contact in portal.pages(f"members/{member['slug']}/contacts/"):
            copy.put_contact(contact)


def copy_everything(portal: Portal, copy: Copy) -> None:
    for member in portal.pages("members/"):
        copy.put_member(member)
    for contact in portal.pages("contacts/"):
        copy.put_contact(contact)


def main(arguments: list[str]) -> int:
    token = os.environ.get("MEMBER_TOOLS_TOKEN", "")
    if len(arguments) != 2 or not token:
        sys.stderr.write(__doc__ or "")
        return 2
    address, path = arguments
    try:
        new = sync(Portal(address, token), Copy(path))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"Not up to date: {error}\n")
        return 1
    sys.stdout.write(f"{new} new events\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
