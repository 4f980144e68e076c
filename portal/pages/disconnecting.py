"""*Disconnect*: the end of a connection to ORCID, with what was written there or without (O6)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.forms._shared import ServiceForm
from integrations.orcid import connections
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.services import lanes, queueing
from members.http import PortalRequest

KEEP, DELETE = "keep", "delete"


class WrittenForm(ServiceForm):
    """What becomes of what was written to ORCID; asked of whom it concerns."""

    written = forms.ChoiceField(
        label=gettext_lazy("What was written to your ORCID record from here"),
        choices=[
            (KEEP, gettext_lazy("It stays on my record")),
            (DELETE, gettext_lazy("Delete it from my record, too")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, connection: Connection | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if connection is None or not _has_written(connection):
            del self.fields["written"]

    @property
    def is_to_go(self) -> bool:
        return bool(self.cleaned_data.get("written") == DELETE)


def _has_written(connection: Connection) -> bool:
    return connection.can_be_ended and Delivery.objects.on_record(connection).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def disconnect(request: PortalRequest) -> HttpResponse:
    """Ask, and say what stays; then end the connection (O6)."""
    connection = connections.own_connection(request.user.orcid)
    if connection is None or not connection.can_be_ended or lanes.is_ending(connection.pk):
        return redirect("accounts")
    form = WrittenForm(request.POST if request.method == "POST" else None, connection=connection)
    if request.method != "POST" or not form.is_valid():
        context = {"connection": connection, "form": form if form.fields else None}
        return render(request, "people/disconnect.html", context)
    if form.is_to_go:
        queueing.delete_and_disconnect(connection_id=connection.pk)
    else:
        connections.disconnect(connection_id=connection.pk)
    connection.refresh_from_db()
    messages.success(request, _said(connection))
    return redirect("accounts")


def _said(connection: Connection) -> str:
    if connection.state == Connection.State.ENDED:
        return _("Disconnected. ORCID has ended our permission.")
    if lanes.is_ending(connection.pk):
        return _(
            "We delete from your record what was written there from here, and then end the "
            "connection. This page shows when it is done."
        )
    return _(
        "Disconnected. ORCID does not answer at the moment: we go on telling it that our "
        "permission has ended, and do not use it any more."
    )
