"""`/sandbox/…`: how tests and demos set the scene. Answers this computer only."""

import ipaddress
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import links, people_file
from integrations.sandbox.models import Fault, Person
from integrations.sandbox.people_file import PeopleFileError

Json = dict[str, Any]
Control = Callable[[HttpRequest], HttpResponse]


def control(*methods: str) -> Callable[[Control], Control]:
    """csrf-exempt, so other pages' scripts are kept out by the Origin that browsers send."""

    def decorate(view: Control) -> Control:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            origin = request.headers.get("Origin", links.base_url())
            if not is_loopback(request.META["REMOTE_ADDR"]) or origin != links.base_url():
                return problem(403, "Only this computer may control the sandbox.")
            if request.method not in methods:
                return problem(405, f"Use {' or '.join(methods)}.")
            try:
                return view(request)
            except PeopleFileError as error:
                return problem(400, str(error))

        return guarded

    return decorate


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.removeprefix("::ffff:")).is_loopback


def problem(status: int, message: str) -> JsonResponse:
    return JsonResponse({"error": message}, status=status)


def body(request: HttpRequest) -> Json:
    try:
        content = json.loads(request.body)
    except ValueError as error:
        raise PeopleFileError(f"The body is not JSON: {error}.") from None
    if not isinstance(content, dict):
        raise PeopleFileError("The body must be a JSON object.")
    return content


@control("POST")
def reset(_request: HttpRequest) -> HttpResponse:
    people_file.reset()
    return JsonResponse({"people": Person.objects.count()})


@control("POST")
def people(request: HttpRequest) -> HttpResponse:
    person = people_file.add_person(body(request))
    return JsonResponse({"orcid": person.orcid}, status=201)


@control("GET")
def people_json(_request: HttpRequest) -> HttpResponse:
    everybody = Person.objects.prefetch_related("emails", "employments")
    return JsonResponse({"people": [people_file.as_entry(person) for person in everybody]})


@control("POST")
def clients(request: HttpRequest) -> HttpResponse:
    client = people_file.add_client(body(request))
    return JsonResponse({"client_id": client.client_id}, status=201)


@control("POST", "DELETE")
def faults(request: HttpRequest) -> HttpResponse:
    if request.method == "DELETE":
        Fault.objects.all().delete()
        return HttpResponse(status=204)
    order = body(request)
    fault = Fault.objects.create(
        path_prefix=people_file.required(order, "path_prefix"),
        status=order.get("status"),
        body=order.get("body", ""),
        content_type=order.get("content_type", "text/html"),
        headers=order.get("headers", {}),
        delay_ms=order.get("delay_ms", 0),
        times_left=order.get("times", 1),
    )
    return JsonResponse({"fault": str(fault)}, status=201)
