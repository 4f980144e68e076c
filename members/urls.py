"""The addresses of this room: the public directory, and a member's own pages (namespace `tools`)."""

from django.urls import URLPattern, path

from members.views import directory, history, identifiers, information, settings

directory_urls: list[URLPattern] = [
    path("", directory.directory_list, name="list"),
    path("<slug:slug>/", directory.directory_detail, name="detail"),
    path("<slug:slug>/logo", directory.directory_logo, name="logo"),
]

tools_urls: list[URLPattern] = [
    path("<slug:slug>/information/", information.information, name="information"),
    path("<slug:slug>/logo", information.logo, name="logo"),
    path("<slug:slug>/logo/remove", information.logo_remove, name="logo_remove"),
    path("<slug:slug>/identifiers/", identifiers.identifiers, name="identifiers"),
    path("<slug:slug>/identifiers/add/", identifiers.identifier_add, name="identifier_add"),
    path(
        "<slug:slug>/identifiers/<int:pk>/prefer/",
        identifiers.identifier_prefer,
        name="identifier_prefer",
    ),
    path(
        "<slug:slug>/identifiers/<int:pk>/remove/",
        identifiers.identifier_remove,
        name="identifier_remove",
    ),
    path("<slug:slug>/history/", history.history, name="history"),
    path("<slug:slug>/settings/", settings.settings, name="settings"),
]
