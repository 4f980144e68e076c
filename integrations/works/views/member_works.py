"""`/tools/<slug>/works/`: an institution's works, one and many."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.works import alike
from integrations.works.content import Content
from integrations.works.files.writing import FORMATS
from integrations.works.forms.editor import WorkEditor
from integrations.works.forms.member_works import StateForm
from integrations.works.member_filters import MemberWorkFilter
from integrations.works.member_rows import (
    MOST_ANSWERS,
    answers_about,
    deliveries_of,
    is_lacking,
    rows_of,
    with_columns,
)
from integrations.works.models import MemberWork
from integrations.works.push_source import problems
from integrations.works.services import authors, exporting, pushing
from integrations.works.services import member_works as service
from integrations.works.views._room import WorksRoom, enter
from integrations.works.views._typing import Typed, compare, read_editor
from integrations.works.views.exports import as_file
from members.errors import StaleVersion
from members.http import PortalRequest, render_page_or_part
from members.keyset import stretch
from members.paging import read_key, total_in_words

State = MemberWork.State
# So many works with one press: more would keep the browser waiting.
MOST_AT_ONCE = 5000


@require_safe
@never_cache
def works(request: PortalRequest, slug: str) -> HttpResponse:
    room = enter(request, slug)
    form = MemberWorkFilter(request.GET, everything=room.works)
    page = stretch(form.works(), form.everything, request.GET, order=form.order, shown=with_columns)
    context = room.context() | {
        "form": form,
        "page": page,
        "rows": rows_of(page.items),
        "sort": form.given("sort"),
        "query": _without_place(request.GET),
        "states": State,
        "policy": pushing.policy_of(room.member),
        "exports": [(name, kind.name) for name, kind in FORMATS.items()],
    }
    if not request.htmx or request.htmx.history_restore_request:
        context["asked"] = room.works.exclude(asked_at=None).count() if room.can_edit else 0
    return render_page_or_part(
        request, "works/member/works.html", "works/member/_works.html", context
    )


def _without_place(asked: QueryDict) -> str:
    """The filters and the order, as an address has them."""
    query = asked.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return query.urlencode()


@require_POST
def works_states(request: PortalRequest, slug: str) -> HttpResponse:
    """Several works at once: those ticked, or all that the list shows with its filters."""
    room = enter(request, slug, to_edit=True)
    form = StateForm(request.POST)
    back = room.to("works")
    query = QueryDict(request.POST.get("query", ""))
    back["Location"] += f"?{query.urlencode()}" if query else ""
    if not form.is_valid():
        messages.error(request, _("Choose what is to be done."))
        return back
    if form.cleaned_data["which"] == "all":
        found = MemberWorkFilter(query, everything=room.works).works()
    else:
        ticked = [read_key(key) for key in request.POST.getlist("pk")]
        found = room.works.filter(pk__in=[key for key in ticked if key is not None])
    keys = list(found.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not keys:
        messages.warning(request, _("No work was ticked, so nothing was changed."))
        return back
    moved = service.set_states(
        member_id=room.member.pk,
        work_ids=keys[:MOST_AT_ONCE],
        state=form.cleaned_data["state"],
        by=room.by,
    )
    _tell(request, moved, form.cleaned_data["state"], is_more=len(keys) > MOST_AT_ONCE)
    if form.cleaned_data["state"] == State.PUBLIC:
        _tell_lacking(request, room.works.filter(pk__in=keys[:MOST_AT_ONCE]))
    return back


def _tell_lacking(request: PortalRequest, works: QuerySet[MemberWork]) -> None:
    number = sum(map(is_lacking, works.only("published", "identifiers")))
    if number:
        words = ngettext(
            "%(n)s of them cannot go to ORCID records yet: a date, or an identifier of its own, is "
            "missing. The list marks it.",
            "%(n)s of them cannot go to ORCID records yet: a date, or an identifier of their own, is "
            "missing. The list marks them.",
            number,
        )
        messages.warning(request, words % {"n": total_in_words(number)})


def _tell(request: PortalRequest, moved: int, state: str, *, is_more: bool) -> None:
    if moved:
        words = {
            State.DRAFT: ngettext(
                "%(n)s work is a draft now.", "%(n)s works are drafts now.", moved
            ),
            State.VALIDATED: ngettext(
                "%(n)s work is validated now.", "%(n)s works are validated now.", moved
            ),
            State.PUBLIC: ngettext(
                "%(n)s work is public now.", "%(n)s works are public now.", moved
            ),
        }[State(state)]
        messages.success(request, words % {"n": total_in_words(moved)})
    else:
        messages.info(request, _("They were in that state already."))
    if is_more:
        text = _("The first %(n)s were taken. Press again for the others.")
        messages.warning(request, text % {"n": total_in_words(MOST_AT_ONCE)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def work_add(request: PortalRequest, slug: str) -> HttpResponse:
    room = enter(request, slug, to_edit=True)
    people = authors.to_choose(room.member)
    if request.method != "POST":
        return _page(room, WorkEditor(authors=people))
    typed = _typed(room, None, people)
    if not typed.is_ready:
        return _page(room, typed.editor, same=typed.same)
    work = service.add_work(member_id=room.member.pk, content=typed.editor.content(), by=room.by)
    messages.success(request, _("“%(title)s” is a draft now.") % {"title": _short(work)})
    return room.to("works")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def work(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    room = enter(request, slug)
    found = _work(room, pk)
    if request.method != "POST":
        if not room.can_edit:
            return room.render("read.html", {"work": found} | _aside(found))
        people = authors.to_choose(room.member, found)
        return _page(room, WorkEditor(work=found, authors=people), work=found)
    room = enter(request, slug, to_edit=True)
    typed = _typed(room, found, authors.to_choose(room.member, found))
    if not typed.is_ready:
        return _page(room, typed.editor, work=found, same=typed.same)
    return _save(room, found, typed.editor)


def _work(room: WorksRoom, pk: int) -> MemberWork:
    found: MemberWork = get_object_or_404(room.works, pk=pk)
    return found


def _typed(room: WorksRoom, work: MemberWork | None, people: list[tuple[str, str]]) -> Typed:
    def listed(content: Content) -> alike.Alike[tuple[int, str]]:
        near = alike.near(room.works, content)
        return alike.listed(near, besides=work.pk if work else None)

    return read_editor(room.request.POST, work=work, listed=listed, authors=people)


def _save(room: WorksRoom, work: MemberWork, editor: WorkEditor) -> HttpResponse:
    content, version = editor.content(), editor.form.cleaned_data["version"]
    try:
        saved = service.change_work(work_id=work.pk, version=version, content=content, by=room.by)
    except StaleVersion as stale:
        work.refresh_from_db()
        renewed, rows = compare(work, editor, content)
        return _page(room, renewed, work=work, stale={"rows": rows, "events": stale.events})
    except ValidationError as error:
        editor.form.add_error(None, error.messages)
        return _page(room, editor, work=work)
    if saved.version == version:
        messages.info(room.request, _("Nothing was different, so nothing was changed."))
    else:
        messages.success(room.request, _("“%(title)s” is saved.") % {"title": _short(saved)})
    return room.to("works")


def _page(
    room: WorksRoom, editor: WorkEditor, *, work: MemberWork | None = None, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"editor": editor, "form": editor.form, "work": work}
    context |= {"list_url": room.url("works"), "add_label": _("Add as a draft")}
    if same := more.get("same"):
        context["same_url"] = room.url("work", same.at[0])
    return room.render("work.html", context | (_aside(work) if work else {}) | more)


def _aside(work: MemberWork) -> dict[str, Any]:
    sent = deliveries_of(work)
    return {
        "states": State,
        "authors_here": [each.person for each in work.authorships.select_related("person")],
        "problems": list(problems(work)),
        "deliveries": sent,
        "answers": answers_about(sent),
        "most_answers": MOST_ANSWERS,
        "policy": pushing.policy_of(work.member),
    }


@require_POST
def work_state(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """One work to another state, from its own page."""
    room = enter(request, slug, to_edit=True)
    found, form = _work(room, pk), StateForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        moved = service.set_state(
            member_id=room.member.pk,
            work_ids=[found.pk],
            state=form.cleaned_data["state"],
            version=form.cleaned_data["version"],
            by=room.by,
        )
    except StaleVersion:
        _say_stale(request)
        return room.to("work", pk)
    _tell(request, moved, form.cleaned_data["state"], is_more=False)
    return room.to("work", pk)


def _say_stale(request: HttpRequest) -> None:
    messages.warning(
        request,
        _(
            "Somebody changed this work meanwhile, so nothing was done. Look at it, and press again."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def work_delete(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    room = enter(request, slug, to_edit=True)
    found = _work(room, pk)
    version = read_key(request.POST.get("version"))
    if request.method != "POST" or version is None:
        return room.render("delete.html", {"work": found, "policy": pushing.policy_of(room.member)})
    try:
        service.delete_work(work_id=found.pk, version=version, by=room.by)
    except StaleVersion:
        _say_stale(request)
        return room.to("work", pk)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": _short(found)})
    return room.to("works")


@require_safe
@never_cache
def works_export(request: PortalRequest, slug: str, form: str) -> HttpResponseBase:
    """Exactly the works that the list shows, as a file; the event comes first."""
    room = enter(request, slug)
    if form not in FORMATS:
        raise Http404
    asked = MemberWorkFilter(request.GET, everything=room.works)
    found = asked.works().order_by(*asked.order.columns()).defer("search_key")
    if request.method == "GET":
        exporting.record_export(
            what="works",
            member_id=room.member.pk,
            layout=form,
            filters={name: str(asked.given(name)) for name in asked.fields},
            count=found.count(),
            by=room.by,
        )
    return as_file(found, form, f"works-{slug}")


def _short(work: MemberWork) -> str:
    return work.title if len(work.title) <= 80 else f"{work.title[:80]}…"
