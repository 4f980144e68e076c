"""The addresses of pages that draw on several rooms."""

from django.urls import URLPattern, URLResolver, include, path

from portal.pages import (
    accounts,
    deleting,
    deployment,
    disconnecting,
    health,
    home,
    people,
    privacy,
    rights,
    tools,
)
from portal.pages.lead import audience, contacts, history, invitations, members, overview

# What anybody sees of a person who wants it; namespace `people`.
people_urls: list[URLPattern] = [
    path("<slug:key>/", people.profile, name="profile"),
    path("<slug:key>/picture", people.picture, name="picture"),
]
page_urls: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("privacy/", privacy.privacy_notices, name="privacy_notices"),
    path("privacy/processing/", privacy.processing, name="processing"),
    path("privacy/<slug:consortium>/", privacy.notice, name="privacy"),
    path("me/accounts/", accounts.accounts, name="accounts"),
    path("me/accounts/orcid/disconnect/", disconnecting.disconnect, name="orcid_disconnect"),
    path("me/accounts/delete/", deleting.delete_account, name="account_delete"),
    path("me/data/", rights.data, name="my_data"),
    path("me/data/held.json", rights.data_json, name="my_data_json"),
    path("me/data/held.csv", rights.data_csv, name="my_data_csv"),
    path("me/profile/preview/", people.preview, name="profile_preview"),
    path("people/", include((people_urls, "people"))),
    path("theme.css", deployment.theme, name="theme"),
    path("icon.svg", deployment.icon, name="icon"),
    path("-/alive", health.alive, name="alive"),
    path("-/ready", health.ready, name="ready"),
]
# Home and overview of Member Tools; namespace `tools`, with the rooms' own lists.
tools_urls: list[URLPattern] = [
    path("", tools.home, name="home"),
    path("<slug:slug>/", tools.overview, name="overview"),
    path("<slug:slug>/contacts.csv", tools.contacts_csv, name="contacts_csv"),
]
# The lead's workspace; namespace `lead`.
lead_urls: list[URLPattern] = [
    path("", overview.home, name="home"),
    path("<slug:consortium>/", overview.overview, name="overview"),
    path("<slug:consortium>/members/", members.members, name="members"),
    path("<slug:consortium>/members.csv", members.members_csv, name="members_csv"),
    path("<slug:consortium>/members.xlsx", members.members_xlsx, name="members_xlsx"),
    path("<slug:consortium>/contacts/", contacts.contacts, name="contacts"),
    path("<slug:consortium>/contacts.csv", contacts.contacts_csv, name="contacts_csv"),
    path("<slug:consortium>/contacts/addresses/", audience.addresses, name="addresses"),
    path(
        "<slug:consortium>/announcements/<int:pk>/audience/",
        audience.announcement_audience,
        name="announcement_audience",
    ),
    path("<slug:consortium>/contacts.xlsx", contacts.contacts_xlsx, name="contacts_xlsx"),
    path("<slug:consortium>/history/", history.history, name="history"),
    path("<slug:consortium>/history.csv", history.history_csv, name="history_csv"),
    path("<slug:consortium>/invitations/", invitations.invitations, name="invitations"),
]
