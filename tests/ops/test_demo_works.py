"""The works on the demo's ORCID records: what an import has to cope with is among them."""

from typing import Any

import pytest

from portal.demo import data
from portal.demo.sandbox import people_file
from tests.sandbox_server import SandboxServer

Groups = list[list[dict[str, Any]]]


@pytest.fixture
def groups(sandbox: SandboxServer) -> Groups:
    """The works of the demo's researcher, as the portal reads them."""
    people = people_file(client_secret="-", redirect_uris=[])["people"]
    [entry] = [one for one in people if one["orcid"] == data.people()["ester"]["orcid"]]
    orcid = sandbox.add_person(works=entry["works"])
    client = sandbox.add_client(client_id="APP-DEMOWORKS0000001")
    token = sandbox.give_permission(orcid, client.client_id)["access_token"]
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    body = sandbox.http.get(f"/api/v3.0/{orcid}/works", headers=headers).json()
    return [group["work-summary"] for group in body["group"]]


def test_demo_has_works_of_every_awkward_kind(groups: Groups) -> None:
    items = [item for group in groups for item in group]
    titles = " ".join(item["title"]["title"]["value"] for item in items)
    sources = [{item["source"]["source-name"]["value"] for item in group} for group in groups]

    assert len({item["type"] for item in items}) >= 10
    assert any(len(names) >= 3 for names in sources)
    assert any(not item["external-ids"]["external-id"] for item in items)
    assert any(item["publication-date"] is None for item in items)
    assert all(sign in titles for sign in ("<sub>", "\\frac", "=SUM("))
    # The private one is hers alone.
    assert {item["visibility"] for item in items} == {"public", "limited"}


def test_every_demo_work_can_be_loaded(sandbox: SandboxServer) -> None:
    people = people_file(client_secret="-", redirect_uris=[])["people"]
    works = [work for person in people for work in person["works"]]

    put_codes = sandbox.add_works(sandbox.add_person(), works)

    assert len(put_codes) == len(works)
    assert max(len(work["contributors"]["contributor"]) for work in works) == 51
