"""Permission notifications: a member asks somebody for access in their inbox (orcid-api.md, 4)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integrations.sandbox import errors, links, refusals
from integrations.sandbox.api import schema
from integrations.sandbox.api.body import sent
from integrations.sandbox.api.call import Answer, Api, ApiCall
from integrations.sandbox.api.checks import check_external_id, check_new
from integrations.sandbox.api.items import whole_number
from integrations.sandbox.api.shapes import Json, client_source, moment
from integrations.sandbox.api.writing import writable
from integrations.sandbox.models import Activity, Client, Notice, Person
from integrations.sandbox.scopes import Scope
from integrations.sandbox.works import listed as listed_in

# `peer-review` can be announced, though the sandbox keeps none.
ITEM_TYPES = frozenset({*Activity.Kind.values, "funding", "peer-review"})
MAX_LENGTH = 1000


def asking(call: ApiCall, orcid: str) -> tuple[Client, Person]:
    """Any record can be written to, by a client that may; ApiError otherwise."""
    if call.token is None or not call.may(Scope.PREMIUM_NOTIFICATION):
        raise errors.wrong_scope()
    return call.token.client, writable(orcid)


@transaction.atomic
def post(call: ApiCall, orcid: str) -> Answer:
    client, person = asking(call, orcid)
    entry = sent(call, schema.NOTIFICATION)
    check_new(entry)
    check(entry)
    if not person.takes_requests:
        raise refusals.wants_no_requests()
    notice = Notice.objects.create(
        person=person,
        client=client,
        kind=Notice.Kind.PERMISSION,
        subject=entry.get("notification-subject") or "",
        intro=entry.get("notification-intro") or "",
        authorization=authorization(entry["authorization-url"]),
        items=[
            {**item, "item-type": word(item.get("item-type"))}
            for item in listed_in(entry, "items", "item")
        ],
    )
    path = f"{orcid}/notification-permission/{notice.pk}"
    location = f"{links.base_url()}/{Api.MEMBER}/v3.0/{path}"
    return Answer(status=201, headers={"Location": location})


def check(entry: Mapping[str, Any]) -> None:
    if word(entry.get("notification-type")) != Notice.Kind.PERMISSION:
        raise refusals.bad_enum("notification-type", entry.get("notification-type"))
    address = entry.get("authorization-url") or {}
    if not (address.get("uri") or address.get("path")):
        raise refusals.invalid("the authorization-url is missing.")
    if len(entry.get("notification-intro") or "") > MAX_LENGTH:
        raise refusals.invalid(f"the notification-intro is longer than {MAX_LENGTH} characters.")
    items = listed_in(entry, "items", "item")
    if not items:
        raise refusals.invalid("there are no items.")
    for item in items:
        if word(item.get("item-type")) not in ITEM_TYPES:
            raise refusals.bad_enum("item-type", item.get("item-type"))
        if not 0 < len(item.get("item-name") or "") <= MAX_LENGTH:
            raise refusals.invalid(f"an item-name has 1 to {MAX_LENGTH} characters.")
        if item.get("external-id"):
            check_external_id(item["external-id"])


def word(name: Any) -> str:
    """ORCID's JSON may have PEER_REVIEW where its XML has peer-review."""
    return str(name or "").lower().replace("_", "-")


def authorization(address: Mapping[str, Any]) -> Json:
    """A path alone is one of this server."""
    path = address.get("path") or ""
    return {
        "uri": address.get("uri") or f"{links.base_url()}{path}",
        "path": path or None,
        "host": address.get("host") or links.host(),
    }


def listed(call: ApiCall, orcid: str) -> Json:
    found = own(*asking(call, orcid)).filter(archived_at=None)
    return {"notifications": [shown(notice) for notice in found]}


def read(call: ApiCall, orcid: str, put_code: str) -> Json:
    return shown(own_notice(call, orcid, put_code))


@transaction.atomic
def archive(call: ApiCall, orcid: str, put_code: str) -> Json:
    """Taken back, unless it has been read: then the person decides."""
    notice = own_notice(call, orcid, put_code)
    if notice.read_at:
        raise refusals.read_already()
    notice.archived_at = notice.archived_at or timezone.now()
    notice.save(update_fields=["archived_at"])
    return shown(notice)


def own(client: Client, person: Person) -> QuerySet[Notice]:
    """A client sees what it has sent itself."""
    return Notice.objects.filter(
        client=client, person=person, kind=Notice.Kind.PERMISSION
    ).select_related("client")


def own_notice(call: ApiCall, orcid: str, put_code: str) -> Notice:
    notice = own(*asking(call, orcid)).filter(pk=whole_number(put_code) or 0).first()
    if notice is None:
        raise refusals.no_notification()
    return notice


def shown(notice: Notice) -> Json:
    def date(at: Any) -> Json | None:
        return moment(at) if at else None

    return {
        "put-code": notice.pk,
        "notification-type": notice.kind,
        "authorization-url": notice.authorization,
        "notification-subject": notice.subject or None,
        "notification-intro": notice.intro or None,
        "items": {"item": notice.items},
        "created-date": date(notice.created_at),
        "sent-date": date(notice.created_at),
        "read-date": date(notice.read_at),
        "actioned-date": date(notice.actioned_at),
        "archived-date": date(notice.archived_at),
        "source": client_source(notice.client),
    }
