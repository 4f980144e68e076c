"""Three lists: what joins [tools], what joins [lead], and the pages of a person. `portal/urls.py` puts them in place."""

from django.urls import URLPattern, include, path

from contacts.api.contacts import ContactViewSet
from contacts.api.invitations import InvitationViewSet
from contacts.api.voting import VoterViewSet
from contacts.views import (
    adding,
    agreement,
    announcements,
    charge,
    confirming,
    desk,
    first_contacts,
    help_requests,
    imports,
    institutions,
    invitations,
    lead_changes,
    links,
    listing,
    member_imports,
    members,
    memberships,
    one,
    people,
    preferences,
    requests,
    rounds,
    sending,
    tell_orcid,
    tokens,
)

tools_urls = [
    path("<slug:slug>/contacts/", listing.contacts, name="contacts"),
    path("<slug:slug>/contacts/add/", adding.contact_add, name="contact_add"),
    path(
        "<slug:slug>/contacts/add/confirm/", adding.contact_add_confirm, name="contact_add_confirm"
    ),
    path("<slug:slug>/contacts/invite/", adding.contact_invite, name="contact_invite"),
    path("<slug:slug>/contacts/hand-over/", charge.hand_over, name="hand_over"),
    path("<slug:slug>/contacts/leave/", charge.leave, name="leave"),
    path("<slug:slug>/contacts/<int:pk>/", one.contact_edit, name="contact_edit"),
    path("<slug:slug>/contacts/<int:pk>/roles/", one.contact_roles, name="contact_roles"),
    path("<slug:slug>/contacts/<int:pk>/remove/", one.contact_remove, name="contact_remove"),
    path(
        "<slug:slug>/invitations/<int:pk>/resend/",
        invitations.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "<slug:slug>/invitations/<int:pk>/withdraw/",
        invitations.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("<slug:slug>/agreement/", agreement.agreement, name="agreement"),
    path("<slug:slug>/agreement/remove/", agreement.agreement_remove, name="agreement_remove"),
    path("<slug:slug>/desk/", desk.desk, name="desk"),
    path("<slug:slug>/settings/tokens/", tokens.tokens, name="tokens"),
    path("<slug:slug>/settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("<slug:slug>/confirm/", confirming.confirm, name="confirm"),
    path("<slug:slug>/settings/lead-access/", lead_changes.lead_access, name="lead_access"),
    path("<slug:slug>/lead-changes/", lead_changes.lead_changes, name="lead_changes"),
    path(
        "<slug:slug>/lead-changes/<int:pk>/accept/",
        lead_changes.lead_change_accept,
        name="lead_change_accept",
    ),
    path(
        "<slug:slug>/lead-changes/<int:pk>/dispute/",
        lead_changes.lead_change_dispute,
        name="lead_change_dispute",
    ),
]

# The lead's work with contacts: rounds, announcements, requests.
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

person_urls = [
    path(
        "me/",
        include(
            (
                [
                    path("", people.home, name="home"),
                    path("preferences/", preferences.my_preferences, name="preferences"),
                ],
                "me",
            )
        ),
    ),
    path("me/accounts/orcid/first/", institutions.connect_orcid, name="connect_orcid"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
    path("preferences/<str:token>/unsubscribe/", preferences.unsubscribe, name="unsubscribe"),
    path("invitations/<str:token>/", links.invitation, name="invitation"),
    path("not-me/<str:token>/", links.disown, name="disown"),
    path("help/request/", help_requests.help_request, name="help_request"),
    path("help/request/<str:token>/", help_requests.help_status, name="help_status"),
    path("recovery/<str:token>/", help_requests.recovery, name="recovery"),
    path("contact-address/<str:token>/", links.prove_contact_address, name="prove_contact_address"),
]

api_urls = [
    path("contacts/", ContactViewSet.as_view({"get": "list"}), name="all_contacts"),
    path("invitations/", InvitationViewSet.as_view({"get": "list"}), name="all_invitations"),
    path("voting-contacts/", VoterViewSet.as_view({"get": "list"}), name="voting_contacts"),
    path(
        "members/<slug:slug>/contacts/",
        ContactViewSet.as_view({"get": "list", "post": "create"}),
        name="contacts",
    ),
    path(
        "members/<slug:slug>/contacts/<int:pk>/",
        ContactViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="contact",
    ),
    path(
        "members/<slug:slug>/contacts/<int:pk>/roles/",
        ContactViewSet.as_view({"put": "set_roles"}),
        name="contact_roles",
    ),
    path(
        "members/<slug:slug>/hand-overs/",
        ContactViewSet.as_view({"post": "hand_over"}),
        name="hand_overs",
    ),
    path(
        "members/<slug:slug>/look-ups/",
        ContactViewSet.as_view({"post": "look_up"}),
        name="look_ups",
    ),
    path(
        "members/<slug:slug>/invitations/",
        InvitationViewSet.as_view({"get": "list", "post": "create"}),
        name="invitations",
    ),
    path(
        "members/<slug:slug>/invitations/<int:pk>/",
        InvitationViewSet.as_view({"get": "retrieve"}),
        name="invitation",
    ),
    path(
        "members/<slug:slug>/invitations/<int:pk>/resend/",
        InvitationViewSet.as_view({"post": "resend"}),
        name="invitation_resend",
    ),
    path(
        "members/<slug:slug>/invitations/<int:pk>/withdraw/",
        InvitationViewSet.as_view({"post": "withdraw"}),
        name="invitation_withdraw",
    ),
]
