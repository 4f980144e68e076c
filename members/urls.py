"""The addresses of this room: the public directory, a member's own pages (namespace `tools`), and
its endpoints of the API (namespace `api`)."""

from django.urls import URLPattern, path

from members.api.events import EventViewSet
from members.api.identifiers import IdentifierViewSet
from members.api.members import MemberViewSet
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

api_urls: list[URLPattern] = [
    path("members/", MemberViewSet.as_view({"get": "list"}), name="members"),
    path(
        "members/<slug:slug>/",
        MemberViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="member",
    ),
    path(
        "members/<slug:slug>/identifiers/",
        IdentifierViewSet.as_view({"get": "list", "post": "create"}),
        name="identifiers",
    ),
    path(
        "members/<slug:slug>/identifiers/<int:pk>/",
        IdentifierViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="identifier",
    ),
    path(
        "members/<slug:slug>/identifiers/<int:pk>/prefer/",
        IdentifierViewSet.as_view({"post": "prefer"}),
        name="identifier_prefer",
    ),
    path("events/", EventViewSet.as_view({"get": "list"}), name="events"),
]
