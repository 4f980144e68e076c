"""The agreement record: who signed, where that person has no iD."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.forms.agreement import AgreementForm, RemoveAgreementForm
from contacts.models import AgreementRecord, Contact, Role
from contacts.services.agreement import remove_agreement, save_agreement
from contacts.views._shared import Tools, enter, enter_to_edit, refused, sent, status_of
from members.errors import StaleVersion


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter(request, slug)
    record = AgreementRecord.objects.filter(member=tools.member).first()
    if not tools.standing.can_manage_protected_roles:
        if request.method == "POST":
            raise PermissionDenied
        return _page(tools, record)
    initial = model_to_dict(record) if record else {"version": 0}
    form = AgreementForm(sent(request), initial=initial)
    if not form.is_valid():
        return _page(tools, record, form=form)
    try:
        save_agreement(member_id=tools.member.pk, by=tools.by, **form.cleaned_data)
    except (ValidationError, StaleVersion) as error:
        return _page(tools, record, form=form, **refused(form, error))
    messages.success(request, _("The agreement record is saved."))
    return tools.to("agreement")


def _page(tools: Tools, record: AgreementRecord | None, **context: Any) -> HttpResponse:
    signatory = Contact.objects.current().filter(member=tools.member).with_role(Role.SIGNATORY)
    context |= {"record": record, "signatory": signatory.with_signed_in().first()}
    return tools.render("agreement.html", context, status=status_of(context))


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_remove(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter_to_edit(request, slug)
    if not tools.standing.can_manage_protected_roles:
        raise PermissionDenied
    record = AgreementRecord.objects.filter(member=tools.member).first()
    if record is None:
        return tools.to("agreement")
    form = RemoveAgreementForm(sent(request), initial={"version": record.version})
    context: dict[str, Any] = {"record": record, "form": form}
    if not form.is_valid():
        return tools.render("agreement_remove.html", context)
    try:
        remove_agreement(
            member_id=tools.member.pk, version=form.cleaned_data["version"], by=tools.by
        )
    except StaleVersion as error:
        context |= refused(form, error)
        return tools.render("agreement_remove.html", context, status=status_of(context))
    messages.success(request, _("The agreement record is removed."))
    return tools.to("agreement")
