"""Where a person is named in what is about others, or about nobody: what names them goes (H4)."""

from collections.abc import Collection, Mapping

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.db.models.functions import Lower

from contacts.models import (
    Announcement,
    ContactImport,
    HelpMessage,
    LeadChange,
    Mail,
    OrcidReport,
    Recovery,
)
from contacts.traces import Traces, texts

# In the place of a name: a link without a text could not be followed.
GONE = "…"
# What people write in words of their own, about others too.
_FREE_TEXTS: list[tuple[type[Model], list[str]]] = [
    (Announcement, ["subject", "body"]),
    (HelpMessage, ["text"]),
    (LeadChange, ["note"]),
    (OrcidReport, ["text"]),
    (Recovery, ["reason", "identity_checked", "objection"]),
]
# Those that did not arrive are kept as they were written, to be sent again.
_NOT_DELIVERED = [Mail.State.FAILED, Mail.State.UNKNOWN, Mail.State.WITHDRAWN]


def wipe_mails(traces: Traces, unproved: Collection[str] = ()) -> None:
    """Mails to them, sent or waiting, but the one that tells them of this; what others are told of
    them, where it has not arrived. What is waiting still tells it.

    To an address that they never proved, only the mail that asked them to.
    """
    mails = Mail.objects.annotate(address=Lower("to")).exclude(kind=Mail.Kind.ACCOUNT_CLOSED)
    asked = Q(kind__in=[Mail.Kind.ADDRESS_TO_PROVE, Mail.Kind.ADDRESS_CHANGE_ASKED])
    lowered = [address.lower() for address in unproved if address]
    mails.filter(Q(address__in=traces.addresses) | (asked & Q(address__in=lowered))).delete()
    for name in traces.names:
        for mail in Mail.objects.filter(subject__icontains=name).only("subject"):
            Mail.objects.filter(pk=mail.pk).update(subject=traces.blacken(mail.subject))
    kept = Mail.objects.filter(state__in=_NOT_DELIVERED, announcement=None)
    for mail in kept.only("text", "html").iterator(100):  # encrypted: nothing to search in
        text, html = traces.blacken(mail.text), traces.blacken(mail.html)
        if (text, html) != (mail.text, mail.html):
            Mail.objects.filter(pk=mail.pk).update(text=text, html=html)


def is_under_way(traces: Traces) -> bool:
    """Whether a worker is sending them a mail at this moment: its row cannot go yet."""
    sending = Mail.objects.filter(state=Mail.State.SENDING).annotate(address=Lower("to"))
    sending = sending.exclude(kind=Mail.Kind.ACCOUNT_CLOSED)  # the last one goes afterwards
    return sending.filter(address__in=traces.addresses).exists()


def wipe_free_texts(traces: Traces) -> None:
    """Where others wrote of them: in requests, notes, reasons, reports to ORCID, announcements. The
    rest stays as it was."""
    known_by = {*traces.orcids, *traces.addresses, *traces.names}
    for model, names in _FREE_TEXTS:
        wanted = Q()
        for name in names:
            for each in known_by:
                wanted |= Q(**{f"{name}__icontains": each})
        for row in model._default_manager.filter(wanted).only(*names) if wanted else ():
            told = {name: traces.blacken(getattr(row, name)) for name in names}
            model._default_manager.filter(pk=row.pk).update(**told)


def wipe_left_out_rows(traces: Traces) -> None:
    """Rows of files that could not be brought in."""
    words = traces.words()
    if words is None:
        return
    for into in ContactImport.objects.exclude(left_out_rows=[]).only("left_out_rows"):
        kept = [
            row for row in into.left_out_rows if not any(words.search(one) for one in texts(row))
        ]
        if len(kept) != len(into.left_out_rows):
            ContactImport.objects.filter(pk=into.pk).update(left_out_rows=kept)


def wipe_admin_log(traces: Traces, gone: Mapping[type[Model], Collection[int]]) -> None:
    """What the operator's pages call the rows that were changed there."""
    wanted = Q()
    for model, keys in gone.items():
        kind = ContentType.objects.get_for_model(model)
        wanted |= Q(content_type=kind, object_id__in=[str(key) for key in keys])
    for each in {*traces.orcids, *traces.addresses, *traces.names}:
        wanted |= Q(object_repr__icontains=each) | Q(change_message__icontains=each)
    if wanted:
        LogEntry.objects.filter(wanted).update(object_repr=GONE, change_message="")
