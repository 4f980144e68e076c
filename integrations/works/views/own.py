"""A person's own works: add, edit, delete, hide and show."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from integrations.works import alike
from integrations.works import content as rules
from integrations.works.content import Content
from integrations.works.forms.editor import WorkEditor, content_of
from integrations.works.markup import plain
from integrations.works.models import Work
from integrations.works.services import own
from integrations.works.views._place import in_list, of_work, query_of
from integrations.works.views._typing import compare, read_editor
from members.actors import Actor
from members.errors import StaleVersion
from members.http import PortalRequest

# In the session: what was deleted last, for as long as it can be brought back.
_DELETED = "works_deleted"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, WorkEditor())
    editor, answer = _typed(request, None)
    if answer:
        return answer
    work = own.add_work(content=editor.content(), by=Actor.contact(request.user))
    messages.success(request, _("“%(title)s” is in your list.") % {"title": _short(work)})
    return redirect("works:publications")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    work = _own_work(request, pk)
    if request.method != "POST":
        return _page(request, WorkEditor(work=work), work=work)
    editor, answer = _typed(request, work)
    return answer or _save(request, work, editor)


def _own_work(request: PortalRequest, pk: int) -> Work:
    return get_object_or_404(Work.objects.of(request.user), pk=pk)


def _typed(request: PortalRequest, work: Work | None) -> tuple[WorkEditor, HttpResponse | None]:
    """What was typed, and the page to show where it is not to be saved yet."""

    def listed(_content: Content) -> alike.Alike[tuple[int, str]]:
        return alike.works_of(request.user, besides=work.pk if work else None)

    typed = read_editor(request.POST, work=work, listed=listed)
    if typed.is_ready:
        return typed.editor, None
    return typed.editor, _page(request, typed.editor, work=work, same=typed.same)


def _save(request: PortalRequest, work: Work, editor: WorkEditor) -> HttpResponse:
    content, version = editor.content(), editor.form.cleaned_data["version"]
    by = Actor.contact(request.user)
    try:
        saved = own.change_work(work_id=work.pk, version=version, content=content, by=by)
    except StaleVersion:
        work.refresh_from_db()
        renewed, rows = compare(work, editor, content)
        return _page(request, renewed, work=work, stale={"rows": rows})
    except ValidationError as error:
        editor.form.add_error(None, error.messages)
        return _page(request, editor, work=work)
    if saved.version == version:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    else:
        messages.success(request, _("“%(title)s” is saved.") % {"title": _short(saved)})
    return redirect(in_list(request))


def _page(
    request: PortalRequest, editor: WorkEditor, *, work: Work | None = None, **more: Any
) -> HttpResponse:
    context: dict[str, Any] = {"editor": editor, "form": editor.form, "work": work}
    context |= {"list_url": in_list(request), "query": query_of(request)}
    if same := more.get("same"):
        context["same_url"] = reverse("works:edit", args=[same.at[0]])
    if work:
        context["edited"] = [
            (name, label) for name, label in rules.FIELDS.items() if name in work.edited_fields
        ]
        context["can_delete"] = own.can_delete(work)
        context["is_at_orcid"] = work.put_code is not None and work.left_orcid_at is None
    return render(request, "works/work.html", context | more)


@require_POST
def reset(request: PortalRequest, pk: int) -> HttpResponse:
    """Use ORCID's value again, of one field."""
    work = _own_work(request, pk)
    field = request.POST.get("field", "")
    try:
        own.use_orcid_value(work_id=work.pk, field=field, by=Actor.contact(request.user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(of_work(request, work.pk))
    words = _("ORCID’s own value is being read and comes in a moment: %(field)s.")
    messages.success(request, words % {"field": rules.FIELDS.get(field, field)})
    return redirect(of_work(request, work.pk))


@require_POST
def delete(request: PortalRequest, pk: int) -> HttpResponse:
    work = _own_work(request, pk)
    try:
        gone = own.delete_work(work_id=work.pk, by=Actor.contact(request.user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(of_work(request, work.pk))
    request.session[_DELETED] = {
        "content": content_of(gone),
        "origin": gone.origin,
        "hidden": gone.hidden_at is not None,
    }
    words = _("“%(title)s” is deleted.") % {"title": _short(gone)}
    _say_with_undo(request, words, reverse("works:restore"))
    return redirect(in_list(request))


@require_POST
def restore(request: PortalRequest) -> HttpResponse:
    """Undo the last deletion."""
    kept = request.session.pop(_DELETED, None)
    if kept is None:
        messages.info(request, _("There is nothing to bring back."))
        return redirect(in_list(request))
    origin = Work.Origin.FILE if kept["origin"] == Work.Origin.FILE else Work.Origin.FORM
    work = own.restore_work(
        content=kept["content"],
        origin=origin,
        hidden=kept["hidden"],
        by=Actor.contact(request.user),
    )
    messages.success(request, _("“%(title)s” is in your list.") % {"title": _short(work)})
    return redirect(in_list(request))


@require_POST
def hide(request: PortalRequest, pk: int) -> HttpResponse:
    work = own.hide_work(work_id=_own_work(request, pk).pk, by=Actor.contact(request.user))
    words = _("“%(title)s” is hidden here. At ORCID nothing has changed.") % {"title": _short(work)}
    _say_with_undo(request, words, reverse("works:show", args=[work.pk]))
    return redirect(in_list(request))


@require_POST
def show(request: PortalRequest, pk: int) -> HttpResponse:
    work = own.show_work(work_id=_own_work(request, pk).pk, by=Actor.contact(request.user))
    messages.success(request, _("“%(title)s” is in your list again.") % {"title": _short(work)})
    return redirect(in_list(request))


def _say_with_undo(request: PortalRequest, words: str, address: str) -> None:
    context = {"words": words, "address": address, "query": query_of(request)}
    messages.success(
        request, render_to_string("works/_undo.html", context, request), extra_tags="undo"
    )


def _short(work: Work) -> str:
    title = plain(work.title)
    return title if len(title) <= 80 else f"{title[:80]}…"
