"""The switch-over: a file of contacts is looked through, brought in, sent and followed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from contacts.forms.imports import ContactFileForm, FollowForm
from contacts.http import Desk, enter_desk_to_manage
from contacts.import_progress import Progress, figures, open_invitations
from contacts.models import ContactImport, Invitation, Role, Run, User
from contacts.services import runs
from contacts.services.exporting import record_export
from contacts.services.imports import runs as import_runs
from contacts.services.imports import sending
from contacts.views._shared import sent
from contacts.views.import_files import csv_of, progress_rows
from members.http import render_page_or_part
from members.paging import paginate, total_in_words

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def contact_imports(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    form = ContactFileForm(sent(request), request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data
        run = import_runs.upload(
            file=given["file"], look_up=given["look_up"], consortium=desk.consortium, by=desk.by
        )
        return redirect("lead:contact_import_run", desk.consortium.slug, run.pk)
    imports = ContactImport.objects.filter(consortium=desk.consortium)
    drafts = Run.objects.filter(consortium=desk.consortium, kind=Run.Kind.CONTACT_IMPORT)
    context = {
        "consortium": desk.consortium,
        "form": form,
        "roles": [role.label for role in Role],
        "page": paginate(
            imports.defer("left_out_rows").select_related("created_by"), request.GET.get("page")
        ),
        "under_way": drafts.exclude(state=Run.State.DONE).select_related("started_by")[:5],
    }
    return render(request, "lead/contact_imports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contact_import_run(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """What the file would bring in; then how far it is. When it is done, the import itself."""
    desk = enter_desk_to_manage(request, consortium)
    run = _run(desk, pk)
    if request.method == "POST":
        return _decide(desk, run)
    if run.state == Run.State.DONE:
        args = [desk.consortium.slug, run.result["contact_import"]]
        url = reverse("lead:contact_import", args=args)
        return HttpResponseClientRedirect(url) if desk.request.htmx else redirect(url)
    context: dict[str, Any] = {"consortium": desk.consortium, "run": run}
    if run.state == Run.State.DRAFT:
        plan = import_runs.plan_of(run)
        context |= {
            "plan": plan,
            "people": plan.people[:SHOWN],
            "errors": plan.errors[:SHOWN],
            "warnings": plan.warnings[:SHOWN],
            "shown": SHOWN,
        }
    return render_page_or_part(
        request, "lead/contact_import_run.html", "lead/_contact_import_run.html", context
    )


def _run(desk: Desk, pk: int) -> Run:
    return get_object_or_404(Run, consortium=desk.consortium, kind=Run.Kind.CONTACT_IMPORT, pk=pk)


def _decide(desk: Desk, run: Run) -> HttpResponse:
    try:
        if desk.request.POST.get("do") == "discard":
            runs.discard_run(run_id=run.pk, by=desk.by)
            messages.success(desk.request, _("Nothing was brought in; the file is thrown away."))
            return redirect("lead:contact_imports", desk.consortium.slug)
        import_runs.start(run_id=run.pk, by=desk.by)
    except ValidationError as error:
        messages.error(desk.request, " ".join(error.messages))
    return redirect("lead:contact_import_run", desk.consortium.slug, run.pk)


@require_safe
def contact_import_run_problems(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """The failing rows of a file that waits for a go, to be put right and uploaded again."""
    desk = enter_desk_to_manage(request, consortium)
    run = _run(desk, pk)
    if run.state != Run.State.DRAFT:
        return redirect("lead:contact_import_run", desk.consortium.slug, run.pk)
    return csv_of("rows-to-put-right", import_runs.plan_of(run).left_out())


@require_safe
def contact_import(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """Who has been invited, who has answered."""
    desk, into = _enter(request, consortium, pk)
    form = FollowForm(request.GET)
    invitations = Invitation.objects.filter(contact_import=into)
    shown = form.narrow(invitations).select_related("member", "contact")
    numbers = figures(invitations)
    people = User.objects.filter(orcid=OuterRef("contact__orcid"))
    added = into.added.filter(contact__removed_at=None).annotate(has_signed_in=Exists(people))
    page = paginate(shown.order_by("member__sort_key", "pk"), request.GET.get("page"))
    for one in page.items:
        one.progress_label = Progress(one.progress).label
    context = {
        "consortium": desk.consortium,
        "import": into,
        "form": form,
        "figures": [(Progress(name), number) for name, number in numbers.items()],
        "page": page,
        "added": paginate(
            added.select_related("contact__member"), request.GET.get("added"), size=10
        ),
        "unsent": numbers.get(Progress.DRAFT, 0) + added.filter(told_at=None).count(),
        "untouched": set(numbers) <= {Progress.DRAFT},
        "to_remind": sending.to_remind(into).count(),
    }
    return render_page_or_part(
        request, "lead/contact_import.html", "lead/_contact_import_people.html", context
    )


def _enter(request: HttpRequest, consortium: str, pk: int) -> tuple[Desk, ContactImport]:
    desk = enter_desk_to_manage(request, consortium)
    imports = ContactImport.objects.filter(consortium=desk.consortium)
    return desk, get_object_or_404(imports.select_related("consortium", "sent_by"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_import_send(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """Everything that has not gone out."""
    desk, into = _enter(request, consortium, pk)
    if request.method == "POST":
        return _press(desk, into, sending.send_import)
    number = open_invitations(into).filter(sent_at=None).count()
    context = {"number": number, "added": into.added.filter(told_at=None).count()}
    return _confirm(desk, into, "lead/contact_import_send.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_import_remind(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """Whoever was written to some days ago and has not answered."""
    desk, into = _enter(request, consortium, pk)
    if request.method == "POST":
        return _press(desk, into, sending.remind_import)
    context = {"number": sending.to_remind(into).count(), "days": sending.REMIND_AFTER.days}
    return _confirm(desk, into, "lead/contact_import_remind.html", context)


def _confirm(
    desk: Desk, into: ContactImport, template: str, context: dict[str, Any]
) -> HttpResponse:
    return render(
        desk.request, template, {"consortium": desk.consortium, "import": into, **context}
    )


def _press(desk: Desk, into: ContactImport, act: Any) -> HttpResponse:
    try:
        number = act(import_id=into.pk, by=desk.by)
    except ValidationError as error:
        messages.error(desk.request, error.messages[0])
    else:
        words = ngettext("%(n)s mail is on its way.", "%(n)s mails are on their way.", number)
        nothing = _("Nothing was sent: nobody is left to be written to.")
        messages.success(desk.request, words % {"n": total_in_words(number)} if number else nothing)
    return redirect("lead:contact_import", desk.consortium.slug, into.pk)


@require_POST
def contact_import_person(
    request: HttpRequest, consortium: str, pk: int, invitation: int
) -> HttpResponse:
    """Send one, first or again, or withdraw it: which, the button says."""
    desk, into = _enter(request, consortium, pk)
    one = get_object_or_404(Invitation, contact_import=into, pk=invitation)
    do = request.POST.get("do")
    try:
        if do == "withdraw":
            sending.withdraw_one(invitation_id=one.pk, by=desk.by)
            done = _("The invitation to %(email)s is withdrawn.")
        else:
            sending.send_one(invitation_id=one.pk, again=do == "again", by=desk.by)
            done = _("The invitation to %(email)s is on its way.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, done % {"email": one.email})
    return redirect("lead:contact_import", desk.consortium.slug, into.pk)


@require_safe
def contact_import_csv(
    request: HttpRequest, consortium: str, pk: int
) -> HttpResponse | StreamingHttpResponse:
    """How far everybody is, as a file."""
    desk, into = _enter(request, consortium, pk)
    form = FollowForm(request.GET)
    shown = form.narrow(Invitation.objects.filter(contact_import=into))
    rows = progress_rows(shown, None if form.is_narrowed else into)
    record_export(
        consortium=desk.consortium,
        what="contact_import",
        layout="csv",
        filters=form.cleaned_data,
        count=len(rows) - 1,
        by=desk.by,
    )
    return csv_of(f"contacts-import-{into.pk}", rows)


@require_safe
def contact_import_left_out(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """The rows that were left out, to be put right and uploaded again."""
    desk, into = _enter(request, consortium, pk)
    if not into.left_out_rows:
        return redirect("lead:contact_import", desk.consortium.slug, into.pk)
    return csv_of("rows-to-put-right", into.left_out_rows)
