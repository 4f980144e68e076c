"""Mails: what became of them, and *send again*. Their words are sealed: they may hold a link."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Mail
from contacts.services.mails import send_again
from members.actors import Actor
from members.admin.members import MemberAdmin
from members.admin.operations import Operation, OperationForm, RelatedList, ServiceAdmin


class SendAgainForm(OperationForm):
    intro = gettext_lazy(
        "Where it is not known whether the mail went out, the person may get it twice."
    )

    def perform(self, by: Actor) -> str:
        if not send_again(mail_id=self.target.pk):
            raise ValidationError(_("This mail has been sent or queued meanwhile."))
        return _("The mail is queued again.")


@admin.register(Mail)
class MailAdmin(ServiceAdmin):
    list_display = ["created_at", "kind", "to", "state", "member", "attempts", "last_error"]
    list_select_related = ["member"]
    list_filter = ["state", "kind"]
    date_hierarchy = "created_at"
    search_fields = ["to", "subject", "member__search_key"]
    ordering = ["-pk"]
    fields = ["kind", "to", "reply_to", "subject", "member", "invitation", "state", "attempts"]
    fields += ["due_at", "claimed_at", "sent_at", "last_error", "message_id", "created_at"]
    operations = [
        Operation(
            "send-again",
            gettext_lazy("Send it again"),
            SendAgainForm,
            applies=lambda mail: mail.state in {Mail.State.UNKNOWN, Mail.State.FAILED},
        )
    ]


MemberAdmin.related_lists = [
    *MemberAdmin.related_lists,
    RelatedList(gettext_lazy("Contacts"), "contacts_contact", "member__id__exact"),
    RelatedList(gettext_lazy("Invitations"), "contacts_invitation", "member__id__exact"),
    RelatedList(gettext_lazy("Mails"), "contacts_mail", "member__id__exact"),
]
