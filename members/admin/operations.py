"""How the operator changes things: read-only rows, and beside them operations that call a service.

A row that is edited by hand writes no event and obeys no rule; so no such form exists. Each
operation is a form of its own that hands over to a service with the operator as the actor.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from members import text
from members.actors import Actor
from members.errors import StaleVersion

if TYPE_CHECKING:
    from members.models import Event


class OperationForm(forms.Form):
    """One operation: what it asks for, and the service it calls."""

    # Words above the fields; what it means, who is told.
    intro: ClassVar[str | Promise] = ""
    submit: ClassVar[str | Promise] = ""
    is_danger: ClassVar[bool] = False

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        target: Any = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.target = target
        # H2: what others changed meanwhile; and the form of the next step, for those with two.
        self.events: Sequence[Event] = ()
        self.next_form: OperationForm | None = None
        read = self.read(target) if target else {}
        super().__init__(data, files, initial={**read, **(initial or {})})
        self.adapt()

    @classmethod
    def for_step(cls, _data: QueryDict) -> "type[OperationForm]":
        """The form that these data belong to, for operations with a second step."""
        return cls

    def read(self, target: Any) -> dict[str, Any]:
        """What the fields show at first."""
        return {name: getattr(target, name) for name in self.base_fields if hasattr(target, name)}

    def adapt(self) -> None:
        """Narrow the choices to what fits the target."""

    def perform(self, by: Actor) -> str:
        """Call the service; the answer is what the operator is told. Empty for a next step."""
        raise NotImplementedError

    def run(self, by: Actor) -> str:
        """`perform`, with what the service objects to standing in the form. Nothing is lost."""
        try:
            return self.perform(by)
        except ValidationError as error:
            self._take(error)
        except StaleVersion as stale:
            self.events = stale.events
            self._carry_on_from(stale.version)
            self.add_error(
                None,
                _("Somebody else changed this meanwhile. Compare, then save what you typed."),
            )
        return ""

    def _carry_on_from(self, version: int) -> None:
        """What was typed stays; saved again, it is a change of what is stored now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data

    def _take(self, error: ValidationError) -> None:
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)


@dataclass(frozen=True)
class Operation:
    """An operation on one row: `applies` says whether it is offered for it."""

    name: str
    label: str | Promise
    form: type[OperationForm]
    applies: Callable[[Any], bool] = lambda _target: True
    # Instead of the right to change rows of this kind.
    permission: str = ""


@dataclass(frozen=True)
class RelatedList:
    """A list of rows that point here: its label, the model's name in addresses, its filter."""

    label: str | Promise
    changelist: str
    by: str
    key: str = "pk"

    def url(self, target: Model) -> str:
        address = reverse(f"admin:{self.changelist}_changelist")
        return f"{address}?{self.by}={getattr(target, self.key)}"


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows to look at. Nobody, not even a superuser, edits or deletes them here."""

    actions = None
    # Their pages in the portal are their contacts' own: the operator would find nothing there.
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Stored keys have no accents and no capitals; everything else ignores case.
        return super().get_search_results(request, queryset, text.search_key(search_term))


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [str(name) for name in self.fields or ()]


class ServiceAdmin(ReadOnlyAdmin):
    """Read-only rows with operations beside them."""

    change_form_template = "admin/service_change_form.html"
    operations: ClassVar[list[Operation]] = []
    related_lists: ClassVar[list[RelatedList]] = []
    add_operation: ClassVar[Operation | None] = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_operation is not None and self._has_right(request, "add")

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(self.operation_view)
        name = f"{self._base_name}_operation"
        return [path("<int:pk>/do/<slug:name>/", run, name=name), *super().get_urls()]

    @property
    def _base_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _has_right(self, request: HttpRequest, action: str) -> bool:
        name = f"{self.opts.app_label}.{action}_{self.opts.model_name}"
        return bool(request.user.has_perm(name))

    def may(self, request: HttpRequest, operation: Operation) -> bool:
        if operation.permission:
            return bool(request.user.has_perm(operation.permission))
        return self._has_right(request, "change")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is None and self.add_operation is not None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return self._run(request, self.add_operation, None)
        target = self.get_object(request, object_id or "")
        links = self._links(request, target) if target else {}
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **links}
        )

    def _links(self, request: HttpRequest, target: Model) -> dict[str, Any]:
        address = f"admin:{self._base_name}_operation"
        offered = [
            {"label": operation.label, "url": reverse(address, args=[target.pk, operation.name])}
            for operation in self.operations
            if self.may(request, operation) and operation.applies(target)
        ]
        lists = [{"label": found.label, "url": found.url(target)} for found in self.related_lists]
        return {"operations": offered, "related_lists": lists}

    def operation_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        operation = next((found for found in self.operations if found.name == name), None)
        target = self.get_queryset(request).filter(pk=pk).first()
        if operation is None or target is None:
            raise Http404
        if not self.may(request, operation):
            raise PermissionDenied
        if not operation.applies(target):
            messages.warning(request, _("That is not possible any more."))
            return redirect(self._address_of(target))
        return self._run(request, operation, target)

    def _run(self, request: HttpRequest, operation: Operation, target: Any) -> HttpResponse:
        form = operation.form.for_step(request.POST)(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
            target=target,
        )
        if request.method == "POST" and form.is_valid():
            done = form.run(Actor.operator(request.user))  # type: ignore[arg-type]  # admin_view saw to it
            if done:
                return self._tell(request, form, operation, done)
            form = form.next_form or form
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": operation.label,
            "operation": operation,
            "target": target,
            "target_url": self._address_of(target) if target else "",
            "form": form,
        }
        return TemplateResponse(request, "admin/operation.html", context)

    def _tell(
        self, request: HttpRequest, form: OperationForm, operation: Operation, done: str
    ) -> HttpResponse:
        target = form.target
        # A row that the operation took away is the history's to remember.
        if target is not None and self.get_queryset(request).filter(pk=target.pk).exists():
            self.log_change(request, target, str(operation.label))
            messages.success(request, done)
            return redirect(self._address_of(target))
        messages.success(request, done)
        return redirect(f"admin:{self._base_name}_changelist")

    def _address_of(self, target: Model) -> str:
        return reverse(f"admin:{self._base_name}_change", args=[target.pk])
