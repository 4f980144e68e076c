"""Records and works loaded from outside, and people and works made up for benches."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from integrations.sandbox import activities, generate, scopes
from integrations.sandbox.control.guard import Json, OrderError, body, control
from integrations.sandbox.models import Activity, Client, Person
from integrations.sandbox.oauth import grants
from integrations.sandbox.people_file import add_works, known_person, load_record, required


@control("POST", "DELETE")
def person_works(request: HttpRequest, orcid: str) -> HttpResponse:
    """POST adds the works of any of ORCID's JSON; DELETE removes all, or `?put-codes=1,2`."""
    person = known_person(orcid)
    if request.method == "DELETE":
        return JsonResponse({"deleted": delete(person, request.GET.get("put-codes", ""))})
    return JsonResponse({"put-codes": add_works(person, content_of(request))}, status=201)


@control("POST")
def person_record(request: HttpRequest, orcid: str) -> HttpResponse:
    """Names, addresses, affiliations and works of any of ORCID's JSON; the person is made if need be."""
    loaded = load_record(orcid, content_of(request))
    return JsonResponse({"works": loaded.works, "affiliations": loaded.affiliations}, status=201)


def content_of(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise OrderError(f"The body is not JSON: {error}.") from None


@control("POST")
def generated_works(request: HttpRequest, orcid: str) -> HttpResponse:
    """`{"count": 10000, "client_id": …}`: that many more works, the person's own or that client's."""
    order = body(request)
    put_codes = generate.add_works(
        known_person(orcid), whole(order, "count"), client=asked_client(order)
    )
    return JsonResponse({"put-codes": put_codes}, status=201)


@control("POST")
def generated_people(request: HttpRequest) -> HttpResponse:
    """`{"people": 2000, "works": 30, "client_id": …, "scope": …}`: with a client, tokens for it."""
    order = body(request)
    made = generate.people(
        whole(order, "people"),
        works_each=whole(order, "works"),
        client=asked_client(order),
        scopes=asked_scopes(order),
    )
    return JsonResponse({"people": made}, status=201)


@control("POST")
def permissions(request: HttpRequest) -> HttpResponse:
    """`{"orcid", "client_id", "scope"}`: the token that the person's consent would have given."""
    order = body(request)
    client = asked_client(order)
    if client is None:
        raise OrderError("client_id is missing.")
    person = known_person(required(order, "orcid"))
    token = grants.issue_token(client=client, person=person, scopes=asked_scopes(order))
    return JsonResponse(
        {"access_token": token.access_token, "refresh_token": token.refresh_token}, status=201
    )


def delete(person: Person, put_codes: str) -> int:
    chosen = person.activities.filter(kind=Activity.Kind.WORK)
    if put_codes:
        chosen = chosen.filter(pk__in=filter(str.isdecimal, put_codes.split(",")))
    return activities.delete(person, chosen.values_list("pk", flat=True))


def asked_client(order: Json) -> Client | None:
    if "client_id" not in order:
        return None
    client = Client.objects.filter(client_id=order["client_id"]).first()
    if client is None:
        raise OrderError(f"No client is called {order['client_id']}.")
    return client


def asked_scopes(order: Json) -> list[str]:
    try:
        return sorted(scopes.parse(order.get("scope", scopes.Scope.READ_LIMITED)))
    except scopes.UnknownScopeError as error:
        raise OrderError(f"{error} is no scope.") from None


def whole(order: Json, key: str) -> int:
    value = order.get(key, 0)
    if not isinstance(value, int) or value < 0:
        raise OrderError(f"{key} must be a whole number.")
    return value
