"""What joins [lead]: the lead's work with members and contacts. `portal/urls.py` puts it in place."""

from django.urls import URLPattern, path

from contacts.views import (
    announcements,
    first_contacts,
    imports,
    lead_changes,
    member_imports,
    members,
    memberships,
    requests,
    rounds,
    sending,
    tell_orcid,
    tokens,
)

lead_urls: list[URLPattern] = [
    path("<slug:consortium>/tokens/", tokens.desk_tokens, name="tokens"),
    path(
        "<slug:consortium>/tokens/<int:pk>/revoke/", tokens.desk_token_revoke, name="token_revoke"
    ),
    path("<slug:consortium>/announcements/", announcements.announcements, name="announcements"),
    path(
        "<slug:consortium>/announcements/new/",
        announcements.announcement_new,
        name="announcement_new",
    ),
    path(
        "<slug:consortium>/announcements/preview/",
        announcements.announcement_preview,
        name="announcement_preview",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/",
        announcements.announcement,
        name="announcement",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/edit/",
        announcements.announcement_edit,
        name="announcement_edit",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/discard/",
        announcements.announcement_discard,
        name="announcement_discard",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/test/",
        sending.announcement_test,
        name="announcement_test",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/send/",
        sending.announcement_send,
        name="announcement_send",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/stop/",
        sending.announcement_stop,
        name="announcement_stop",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/deliveries/",
        sending.announcement_deliveries,
        name="announcement_deliveries",
    ),
    path(
        "<slug:consortium>/announcements/<int:pk>/deliveries/<int:mail>/again/",
        sending.announcement_again,
        name="announcement_again",
    ),
    path("<slug:consortium>/requests/", requests.requests, name="requests"),
    path("<slug:consortium>/requests/<int:pk>/", requests.help_request, name="request"),
    path(
        "<slug:consortium>/members/<slug:slug>/recovery/",
        requests.recovery_start,
        name="recovery_start",
    ),
    path(
        "<slug:consortium>/recoveries/<int:pk>/cancel/",
        requests.recovery_cancel,
        name="recovery_cancel",
    ),
    path("<slug:consortium>/import-contacts/", imports.contact_imports, name="contact_imports"),
    path(
        "<slug:consortium>/import-contacts/files/<int:pk>/",
        imports.contact_import_run,
        name="contact_import_run",
    ),
    path(
        "<slug:consortium>/import-contacts/files/<int:pk>/left-out.csv",
        imports.contact_import_run_problems,
        name="contact_import_run_problems",
    ),
    path(
        "<slug:consortium>/import-contacts/<int:pk>/",
        imports.contact_import,
        name="contact_import",
    ),
    path(
        "<slug:consortium>/import-contacts/<int:pk>/people.csv",
        imports.contact_import_csv,
        name="contact_import_csv",
    ),
    path(
        "<slug:consortium>/import-contacts/<int:pk>/left-out.csv",
        imports.contact_import_left_out,
        name="contact_import_left_out",
    ),
    path(
        "<slug:consortium>/import-contacts/<int:pk>/send/",
        imports.contact_import_send,
        name="contact_import_send",
    ),
    path(
        "<slug:consortium>/import-contacts/<int:pk>/remind/",
        imports.contact_import_remind,
        name="contact_import_remind",
    ),
    path(
        "<slug:consortium>/import-contacts/<int:pk>/invitations/<int:invitation>/",
        imports.contact_import_person,
        name="contact_import_person",
    ),
    path("<slug:consortium>/rounds/", rounds.rounds, name="rounds"),
    path("<slug:consortium>/rounds/start/", rounds.round_start, name="round_start"),
    path("<slug:consortium>/rounds/month/", rounds.round_month, name="round_month"),
    path("<slug:consortium>/rounds/<int:pk>/", rounds.progress, name="round"),
    path("<slug:consortium>/rounds/<int:pk>/close/", rounds.round_close, name="round_close"),
    path("<slug:consortium>/tell-orcid/", tell_orcid.tell_orcid, name="tell_orcid"),
    path("<slug:consortium>/tell-orcid.csv", tell_orcid.tell_orcid_csv, name="tell_orcid_csv"),
    path("<slug:consortium>/tell-orcid/sent/", tell_orcid.tell_orcid_sent, name="tell_orcid_sent"),
    path(
        "<slug:consortium>/tell-orcid/<int:pk>/",
        tell_orcid.tell_orcid_report,
        name="tell_orcid_report",
    ),
    path(
        "<slug:consortium>/lead-changes/",
        lead_changes.desk_lead_changes,
        name="lead_changes",
    ),
    path("<slug:consortium>/members/add/", members.member_add, name="member_add"),
    path("<slug:consortium>/members/import/", member_imports.members_import, name="members_import"),
    path(
        "<slug:consortium>/members/import/<int:pk>/",
        member_imports.members_import_run,
        name="members_import_run",
    ),
    path(
        "<slug:consortium>/members/<slug:slug>/membership/",
        memberships.membership,
        name="membership",
    ),
    path(
        "<slug:consortium>/members/<slug:slug>/start/",
        memberships.membership_start,
        name="membership_start",
    ),
    path(
        "<slug:consortium>/members/<slug:slug>/first-contact/",
        first_contacts.first_contact,
        name="first_contact",
    ),
    path(
        "<slug:consortium>/memberships/<int:pk>/end/",
        memberships.membership_end,
        name="membership_end",
    ),
    path(
        "<slug:consortium>/memberships/<int:pk>/keep/",
        memberships.membership_keep,
        name="membership_keep",
    ),
    path(
        "<slug:consortium>/first-contacts/<int:pk>/resend/",
        first_contacts.first_contact_resend,
        name="first_contact_resend",
    ),
    path(
        "<slug:consortium>/first-contacts/<int:pk>/withdraw/",
        first_contacts.first_contact_withdraw,
        name="first_contact_withdraw",
    ),
]
