"""What a newcomer is told when everything answers."""

import sys
import time
from collections.abc import Mapping

import httpx

from portal.demo import data
from portal.local.places import Places

SECONDS = 60


def tell_when_ready(places: Places, variables: Mapping[str, str]) -> None:
    deadline = time.monotonic() + SECONDS
    waiting = [f"{places.portal_url}/-/alive", places.sandbox_url]
    while waiting and time.monotonic() < deadline:
        waiting = [url for url in waiting if not _answers(url)]
        time.sleep(0.2)
    sys.stdout.write(text(places, variables) if not waiting else _slow(waiting))
    sys.stdout.flush()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code < 500
    except httpx.HTTPError:
        return False


def _slow(waiting: list[str]) -> str:
    return (
        f"\nNo answer after {SECONDS} seconds from {', '.join(waiting)}: see the lines above.\n\n"
    )


def text(places: Places, variables: Mapping[str, str]) -> str:
    people = data.people()
    findable, hidden = people[data.FINDABLE]["email"], people[data.HIDDEN]["email"]
    operator = data.demo()["operator"]["email"]
    return f"""
  ─────────────────────────────────────────────────────────────────────────────
  Member Tools       {places.portal_url}/
  Mails it sends     {places.mailbox_url}
  Local ORCID        {places.sandbox_url}/

  Sign in with ORCID (password of all: {data.PASSWORD})
{_people_lines()}
  The operator signs in at {places.portal_url}/admin/
    {operator}   password: {variables["DEMO_OPERATOR_PASSWORD"]}
    and sets up an app with codes on the way. No phone at hand? This shows the code for the key on
    the page: .venv/bin/python -m portal.local.code KEY

  Try adding a contact:  {findable}  is public at ORCID and is found;
                         {hidden}  is private there, and can be invited.

  Ctrl-C stops everything. `make run` goes on with the same data, `make reset` starts over.
  ─────────────────────────────────────────────────────────────────────────────

"""


def _people_lines() -> str:
    people = data.people()
    rows = [(role, people[key]) for role, key in data.SHOWN.items()]
    return "".join(
        f"    {role:<18} {person['orcid']}   {person['given_names']} {person['family_name']}\n"
        for role, person in rows
    )
