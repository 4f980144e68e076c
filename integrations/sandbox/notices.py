"""A person's inbox: who has changed the record, and who asks to."""

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.sandbox.models import Activity, Client, Notice, Person
from integrations.sandbox.works import Content, plain


def amended(
    person: Person,
    client: Client,
    kind: Activity.Kind,
    action: Notice.Action,
    changed: Iterable[tuple[int, Content]],
) -> None:
    """Tell the person what a client has done: put-code and content of each item."""
    items = [
        {"item-type": kind.value, "item-name": name_of(content.summary), "put-code": put_code}
        for put_code, content in changed
    ]
    Notice.objects.create(
        person=person, client=client, kind=Notice.Kind.AMENDED, action=action, items=items
    )


def name_of(summary: Mapping[str, Any]) -> str:
    """A work by its title, an affiliation by post and organisation."""
    if title := summary.get("title"):
        return plain(title.get("title"))
    organization = (summary.get("organization") or {}).get("name")
    parts = [summary.get("role-title"), organization]
    return ", ".join(str(part) for part in parts if part)
