"""What joins [tools], the pages of a person, and the API. `portal/urls.py` puts them in place; what joins
[lead] is in `lead_urls`."""

from django.urls import include, path

from contacts.api.contacts import ContactViewSet
from contacts.api.invitations import InvitationViewSet
from contacts.api.voting import VoterViewSet
from contacts.views import (
    adding,
    agreement,
    charge,
    confirming,
    desk,
    help_requests,
    institutions,
    invitations,
    lead_changes,
    links,
    listing,
    one,
    people,
    preferences,
    profile,
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
    path("me/profile/", profile.profile, name="profile"),
    path("me/profile/picture", profile.own_picture, name="profile_picture"),
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
