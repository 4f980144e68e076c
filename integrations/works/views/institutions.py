"""What a researcher does with works of institutions they belong to: add, publish, take back."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.push.models import Delivery
from integrations.works import alike
from integrations.works.content import Content
from integrations.works.forms.editor import WorkEditor
from integrations.works.models import MemberWork
from integrations.works.permissions import member_keys_of_researcher
from integrations.works.rows import rows_of
from integrations.works.services import pushing
from integrations.works.services import researcher_works as service
from integrations.works.views._typing import Typed, compare, read_editor
from integrations.works.views.queue import where_listed
from members.actors import Actor
from members.errors import StaleVersion
from members.http import PortalRequest
from members.keyset import Order, stretch
from members.models import Member
from members.paging import read_key

NEWEST = Order("published", is_down=True)


def _works(request: PortalRequest) -> QuerySet[MemberWork]:
    here = member_keys_of_researcher(request.user)
    return MemberWork.objects.of(request.user).filter(member__in=here)


@require_safe
@never_cache
def institutions(request: PortalRequest) -> HttpResponse:
    works = _works(request)
    page = stretch(
        works, works, request.GET, order=NEWEST, shown=lambda rows: rows.select_related("member")
    )
    members = Member.objects.filter(pk__in=member_keys_of_researcher(request.user))
    context = {"page": page, "rows": rows_of(page.items), "members": members.order_by("sort_key")}
    return render(request, "works/institutions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def institution_add(request: PortalRequest, slug: str) -> HttpResponse:
    """For one institution; of one that the person is no researcher of, 404."""
    mine = Member.objects.filter(pk__in=member_keys_of_researcher(request.user))
    member = get_object_or_404(mine, slug=slug)
    if request.method != "POST":
        return _page(request, member, WorkEditor())
    typed = _typed(request, member, None)
    if not typed.is_ready:
        return _page(request, member, typed.editor, same=typed.same)
    by = Actor.contact(request.user)
    work = service.add_work(member_id=member.pk, content=typed.editor.content(), by=by)
    if service.must_validate(member, request.user):
        messages.success(request, _("Saved as a draft. Send it in when it is right."))
    else:
        messages.success(request, _("Saved as a draft. Make it public when it is right."))
    return redirect("works:institution_work", work.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def institution_work(request: PortalRequest, pk: int) -> HttpResponse:
    """One work: to edit where the person added it, else to read."""
    work = _work(request, pk)
    must_validate = service.must_validate(work.member, request.user)
    may_change = service.may_change(work, request.user, must_validate=must_validate)
    page = functools.partial(_page, request, work.member, work=work, must_validate=must_validate)
    if request.method != "POST":
        return page(WorkEditor(work=work) if may_change else None)
    if not may_change:
        raise PermissionDenied
    typed = _typed(request, work.member, work)
    if not typed.is_ready:
        return page(typed.editor, same=typed.same)
    return _save(request, work, typed.editor, page)


def _work(request: PortalRequest, pk: int) -> MemberWork:
    return get_object_or_404(_works(request).select_related("member"), pk=pk)


def _typed(request: PortalRequest, member: Member, work: MemberWork | None) -> Typed:
    """Doubles are looked for among the person's own alone: others' drafts are not theirs to see."""

    def listed(content: Content) -> alike.Alike[tuple[int, str]]:
        near = alike.near(_works(request).filter(member=member), content)
        return alike.listed(near, besides=work.pk if work else None)

    return read_editor(request.POST, work=work, listed=listed)


def _save(
    request: PortalRequest, work: MemberWork, editor: WorkEditor, page: Callable[..., HttpResponse]
) -> HttpResponse:
    content, version = editor.content(), editor.form.cleaned_data["version"]
    by = Actor.contact(request.user)
    try:
        service.change_work(work_id=work.pk, version=version, content=content, by=by)
    except StaleVersion:
        work.refresh_from_db()
        renewed, rows = compare(work, editor, content)
        return page(renewed, stale={"rows": rows})
    except ValidationError as error:
        editor.form.add_error(None, error.messages)
        return page(editor)
    messages.success(request, _("It is saved."))
    return redirect("works:institution_work", work.pk)


def _page(
    request: PortalRequest,
    member: Member,
    editor: WorkEditor | None,
    *,
    work: MemberWork | None = None,
    **more: Any,
) -> HttpResponse:
    context: dict[str, Any] = {
        "member": member,
        "work": work,
        "editor": editor,
        "form": editor.form if editor else None,
        "list_url": reverse("works:institutions"),
        "add_label": _("Save as a draft"),
    }
    if work:
        context["policy"] = pushing.policy_of(member)
        context["is_mine"] = service.is_added_by(work, request.user)
        own = Delivery.objects.of(request.user).of_items(pushing.SECTION, [work.pk])
        context["sent"] = sent = own.first()
        context["sent_list"] = where_listed(sent.state) if sent else ""
    if same := more.get("same"):
        context["same_url"] = reverse("works:institution_work", args=[same.at[0]])
    return render(request, "works/institution_work.html", context | more)


@require_POST
def institution_publish(request: PortalRequest, pk: int) -> HttpResponse:
    work = _work(request, pk)

    def publish(version: int) -> None:
        done = service.publish(work_id=pk, version=version, by=Actor.contact(request.user))
        if done.state == MemberWork.State.PUBLIC:
            messages.success(request, _("It is public now."))
        else:
            text = _("It is sent in: %(name)s looks at it and makes it public.")
            messages.success(request, text % {"name": work.member.display_name})

    return _do(request, pk, publish)


@require_POST
def institution_take_back(request: PortalRequest, pk: int) -> HttpResponse:
    _work(request, pk)

    def take_back(version: int) -> None:
        service.take_back(work_id=pk, version=version, by=Actor.contact(request.user))
        messages.success(request, _("It is a draft again."))

    return _do(request, pk, take_back)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def institution_delete(request: PortalRequest, pk: int) -> HttpResponse:
    """Asked once more before it is gone."""
    work = _work(request, pk)
    if request.method != "POST":
        if not service.is_added_by(work, request.user) or work.state != MemberWork.State.DRAFT:
            raise PermissionDenied
        return render(request, "works/institution_delete.html", {"work": work})

    def delete(version: int) -> None:
        service.delete_draft(work_id=pk, version=version, by=Actor.contact(request.user))
        messages.success(request, _("The draft is deleted."))

    answer = _do(request, pk, delete)
    is_gone = not MemberWork.objects.filter(pk=pk).exists()
    return redirect("works:institutions") if is_gone else answer


def _do(request: PortalRequest, pk: int, act: Callable[[int], None]) -> HttpResponse:
    """One press, on what the page showed (H2)."""
    try:
        act(read_key(request.POST.get("version")) or 0)
    except StaleVersion:
        messages.warning(
            request, _("It was changed meanwhile, so nothing was done. Look, and press again.")
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("works:institution_work", pk)
