"""An institution's works in Member Tools: they join [tools]; a mailed link to the desk."""

from django.urls import URLPattern, path

from integrations.works.views import desk, imports, member_works, taking

tools_urls: list[URLPattern] = [
    path("<slug:slug>/works/", member_works.works, name="works"),
    path("<slug:slug>/works/states/", member_works.works_states, name="works_states"),
    path("<slug:slug>/works/add/", member_works.work_add, name="work_add"),
    path("<slug:slug>/works/import/", imports.works_import, name="works_import"),
    path("<slug:slug>/works/import/<int:pk>/", imports.works_import_run, name="works_import_run"),
    path(
        "<slug:slug>/works/import/<int:pk>/failing/",
        imports.works_import_failing,
        name="works_import_failing",
    ),
    path("<slug:slug>/works/offered/", taking.works_offered, name="works_offered"),
    path("<slug:slug>/works/export/<slug:form>/", member_works.works_export, name="works_export"),
    path("<slug:slug>/works/settings/", desk.works_settings, name="works_settings"),
    path("<slug:slug>/works/desk/", desk.works_desk, name="works_desk"),
    path("<slug:slug>/works/desk/add/", desk.works_desk_add, name="works_desk_add"),
    path("<slug:slug>/works/desk/confirm/", desk.works_desk_confirm, name="works_desk_confirm"),
    path("<slug:slug>/works/desk/invite/", desk.works_desk_invite, name="works_desk_invite"),
    path("<slug:slug>/works/desk/leave/", desk.works_desk_leave, name="works_desk_leave"),
    path(
        "<slug:slug>/works/desk/<int:pk>/resend/", desk.works_desk_resend, name="works_desk_resend"
    ),
    path(
        "<slug:slug>/works/desk/<int:pk>/remove/", desk.works_desk_remove, name="works_desk_remove"
    ),
    path("<slug:slug>/works/<int:pk>/", member_works.work, name="work"),
    path("<slug:slug>/works/<int:pk>/state/", member_works.work_state, name="work_state"),
    path("<slug:slug>/works/<int:pk>/delete/", member_works.work_delete, name="work_delete"),
    path("<slug:slug>/researchers/<slug:orcid>/", taking.researcher, name="researcher"),
    path(
        "<slug:slug>/researchers/<slug:orcid>/take/", taking.researcher_take, name="researcher_take"
    ),
]

person_urls: list[URLPattern] = [
    path("works-desk/not-me/<str:token>/", desk.keeper_not_me, name="keeper_not_me"),
    path("works-desk/<str:token>/", desk.keeper_invitation, name="keeper_invitation"),
]
