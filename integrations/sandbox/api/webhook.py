"""`/{orcid}/webhook/{address}`: a client asks to be called when a record changes.

ORCID serves this without a version and any record can be watched (orcid-api.md, 4).
"""

from urllib.parse import quote, urlsplit

from django.db import transaction

from integrations.sandbox import errors, links
from integrations.sandbox.api.call import Answer, Api, ApiCall, endpoint
from integrations.sandbox.models import Client, Person, Webhook
from integrations.sandbox.scopes import Scope


def register(call: ApiCall, orcid: str, uri: str) -> Answer:
    return watch(orcid, uri, asking_client(call))


def unregister(call: ApiCall, orcid: str, uri: str) -> Answer:
    return unwatch(orcid, uri, asking_client(call))


webhook = endpoint(PUT=register, DELETE=unregister)


def asking_client(call: ApiCall) -> Client:
    if call.token is None or not call.may(Scope.WEBHOOK):
        raise errors.wrong_scope()
    client: Client = call.token.client
    return client


@transaction.atomic
def watch(orcid: str, uri: str, client: Client) -> Answer:
    """201, or 204 when somebody watches this record at this address already."""
    person = Person.objects.filter(orcid=orcid).first()
    if person is None:
        raise errors.ApiError(404, 9011, "There is no record with this iD.")
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise errors.ApiError(400, 9012, "The webhook's address is not valid.")
    _webhook, is_new = Webhook.objects.get_or_create(
        person=person, uri=uri, defaults={"client": client, "told_ms": person.modified_ms}
    )
    if not is_new:
        return Answer(status=204)
    location = f"{links.base_url()}/{Api.MEMBER}/{orcid}/webhook/{quote(uri, safe='')}"
    return Answer(status=201, headers={"Location": location})


@transaction.atomic
def unwatch(orcid: str, uri: str, client: Client) -> Answer:
    found = Webhook.objects.filter(person__orcid=orcid, uri=uri).select_related("client").first()
    if found is None:
        raise errors.ApiError(404, 9028, "There is no such webhook.")
    if found.client != client:
        raise errors.ApiError(403, 9014, "The webhook belongs to another client.")
    found.delete()
    return Answer(status=204)
