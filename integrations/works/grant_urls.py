"""Addresses of permissions: a person's own, a mailed link's, and what joins [tools]."""

from django.urls import URLPattern, URLResolver, include, path

from integrations.works.views import answering, asking, grants, researchers

_permissions: list[URLPattern] = [
    path("", grants.permissions, name="list"),
    path("<slug:slug>/", grants.member, name="member"),
    path("<slug:slug>/switch/", grants.switch, name="switch"),
    path("<slug:slug>/withdraw/", grants.withdraw, name="withdraw"),
]

person_urls: list[URLPattern | URLResolver] = [
    path("me/permissions/", include((_permissions, "permissions"))),
    path("permissions/<str:token>/", answering.permission, name="permission_request"),
    path("permissions/<str:token>/finish/", answering.finish, name="permission_finish"),
]

tools_urls: list[URLPattern] = [
    path("<slug:slug>/researchers/", researchers.researchers, name="researchers"),
    path("<slug:slug>/researchers.csv", researchers.researchers_csv, name="researchers_csv"),
    path("<slug:slug>/researchers.xlsx", researchers.researchers_xlsx, name="researchers_xlsx"),
    path("<slug:slug>/researchers/ask/", asking.ask, name="permission_ask"),
    path("<slug:slug>/researchers/asked/", asking.permission_requests, name="permission_requests"),
    path(
        "<slug:slug>/researchers/asked/<int:pk>/resend/",
        asking.permission_resend,
        name="permission_resend",
    ),
    path(
        "<slug:slug>/researchers/asked/<int:pk>/withdraw/",
        asking.permission_withdraw,
        name="permission_withdraw",
    ),
    path(
        "<slug:slug>/researchers/<slug:orcid>/left/",
        researchers.researcher_left,
        name="researcher_left",
    ),
]
