"""A person's own record: the works, changed by hand as at orcid.org."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.sandbox import activities, links
from integrations.sandbox.activities import NewItem
from integrations.sandbox.models import Activity, Person, Visibility
from integrations.sandbox.notices import name_of
from integrations.sandbox.web.affiliations_shown import sections
from integrations.sandbox.web.session import signed_in_only
from integrations.sandbox.web.work_forms import (
    IdentifierForm,
    IdentifierFormSet,
    Json,
    WorkForm,
    edited,
    initial,
    initial_identifiers,
)
from integrations.sandbox.web.works_shown import put_codes_beside, shown, work_groups

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import BaseFormSet

PAGE = 50
WORK = Activity.Kind.WORK
DONE = {
    "added": "The work has been added.",
    "changed": "The work has been changed.",
    "deleted": "It has been deleted.",
    "visibility": "Who can see it has been changed.",
    "preferred": "That version stands for the work now.",
}


@require_safe
@signed_in_only
def my_record(request: HttpRequest, person: Person) -> HttpResponse:
    page = Paginator(work_groups(person), PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "uri": links.orcid_uri(person.orcid),
        "page": page,
        "groups": shown(page.object_list, own_source=person.display_name),
        "affiliations": sections(person),
        "visibilities": Visibility.choices,
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "sandbox/my_record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def add(request: HttpRequest, person: Person) -> HttpResponse:
    form, identifiers = WorkForm(request.POST or None), IdentifierFormSet(request.POST or None)
    if request.method == "POST" and form.is_valid() and identifiers.is_valid():
        content = edited({}, form.cleaned_data, filled(identifiers))
        activities.add(person, WORK, [NewItem(content)])
        return back(request, "added")
    context = {"form": form, "identifiers": identifiers, "heading": "Add a work"}
    return render(request, "sandbox/work_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def edit(request: HttpRequest, person: Person, put_code: int) -> HttpResponse:
    """Of what an organisation has added, a copy of one's own is made: only it may change its."""
    work = own_work(person, put_code)
    is_copy = work.source_client is not None
    before: Json = {**work.summary, **work.details}
    form = WorkForm(request.POST or None, initial=initial(work.summary, work.details))
    identifiers = IdentifierFormSet(request.POST or None, initial=initial_identifiers(work.summary))
    if request.method == "POST" and form.is_valid() and identifiers.is_valid():
        content = edited(before, form.cleaned_data, filled(identifiers))
        if is_copy:
            activities.add(person, WORK, [NewItem(content, visibility=work.visibility)])
        else:
            activities.change(work, content)
        return back(request, "added" if is_copy else "changed")
    heading = "Make a copy and edit it" if is_copy else "Edit the work"
    context = {
        "form": form,
        "identifiers": identifiers,
        "heading": heading,
        "source": work.source_client,
    }
    return render(request, "sandbox/work_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_only
def delete(request: HttpRequest, person: Person, put_code: int) -> HttpResponse:
    item = own_item(person, put_code)
    if request.method == "POST":
        activities.delete(person, [item.pk])
        return back(request, "deleted")
    context = {
        "title": name_of(item.summary),
        "kind": Activity.Kind(item.kind).label.lower(),
        "item": item,
    }
    return render(request, "sandbox/work_delete.html", context)


@require_POST
@signed_in_only
def show_to(request: HttpRequest, person: Person, put_code: int) -> HttpResponse:
    """For all versions of the item at once, as on ORCID's page."""
    item = own_item(person, put_code)
    wanted = request.POST.get("visibility")
    if wanted in Visibility.values:
        activities.show_to(person, put_codes_beside(item), Visibility(wanted))
    return back(request, "visibility")


@require_POST
@signed_in_only
def prefer(request: HttpRequest, person: Person, put_code: int) -> HttpResponse:
    work = own_work(person, put_code)
    activities.prefer(work, put_codes_beside(work))
    return back(request, "preferred")


def own_work(person: Person, put_code: int) -> Activity:
    return get_object_or_404(own_items(person), kind=WORK, pk=put_code)


def own_item(person: Person, put_code: int) -> Activity:
    return get_object_or_404(own_items(person), pk=put_code)


def own_items(person: Person) -> "QuerySet[Activity]":
    return Activity.objects.filter(person=person).select_related("person", "source_client")


def filled(identifiers: "BaseFormSet[IdentifierForm]") -> list[Json]:
    return [form.cleaned_data for form in identifiers if form.cleaned_data.get("value")]


def back(request: HttpRequest, done: str) -> HttpResponse:
    """To the page of the list that the person came from."""
    query = {"page": request.GET.get("page"), "done": done}
    kept = {name: value for name, value in query.items() if value}
    return HttpResponseRedirect(f"/my-orcid?{urlencode(kept)}")
