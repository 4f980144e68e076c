"""Three lists: what joins [tools], what joins [lead], and the pages of a person. `portal/urls.py` puts them in place."""

from django.urls import URLPattern, include, path

from contacts.views import (
    adding,
    agreement,
    charge,
    desk,
    invitations,
    links,
    listing,
    one,
    people,
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
]

# The lead's work with contacts: rounds, announcements, requests.
lead_urls: list[URLPattern] = []

person_urls = [
    path("me/", include(([path("", people.home, name="home")], "me"))),
    path("invitations/<str:token>/", links.invitation, name="invitation"),
    path("not-me/<str:token>/", links.disown, name="disown"),
    path("contact-address/<str:token>/", links.prove_contact_address, name="prove_contact_address"),
]
