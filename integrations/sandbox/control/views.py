"""`/sandbox/…`: how tests and demos set the scene. Answers this computer only."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from integrations.sandbox import people_file
from integrations.sandbox.clock import clock
from integrations.sandbox.control.guard import body, control
from integrations.sandbox.control.statuses import set_status
from integrations.sandbox.faults import faults
from integrations.sandbox.limits import limiter
from integrations.sandbox.models import Organization, Person


@control("POST")
def reset(_request: HttpRequest) -> HttpResponse:
    people_file.reset()
    faults.clear()
    limiter.reset()
    clock.reset()
    return JsonResponse({"people": Person.objects.count()})


@control("POST")
def people(request: HttpRequest) -> HttpResponse:
    person = people_file.add_person(body(request))
    return JsonResponse({"orcid": person.orcid}, status=201)


@control("GET")
def people_json(_request: HttpRequest) -> HttpResponse:
    everybody = Person.objects.prefetch_related("emails")
    return JsonResponse({"people": [people_file.as_entry(person) for person in everybody]})


@control("POST")
def person_status(request: HttpRequest, orcid: str) -> HttpResponse:
    """Lock, deactivate or move a record, or make it active again."""
    order = body(request)
    person = set_status(orcid, order.get("status", ""), moved_to=order.get("moved_to") or "")
    return JsonResponse({"orcid": person.orcid, "status": person.status})


@control("POST")
def organizations(request: HttpRequest) -> HttpResponse:
    """`{"name", "ROR": …, "GRID": …}`: the registry knows it by these identifiers."""
    people_file.add_organization(body(request))
    return JsonResponse({"organizations": Organization.objects.count()}, status=201)


@control("POST")
def clients(request: HttpRequest) -> HttpResponse:
    client = people_file.add_client(body(request))
    return JsonResponse({"client_id": client.client_id}, status=201)
