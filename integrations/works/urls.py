"""A person's own publications, below `/me/`; `portal/urls.py` puts them in place."""

from django.urls import URLPattern, URLResolver, include, path

from integrations.works.views import (
    exports,
    imports,
    institutions,
    own,
    publications,
    queue,
)

_works: list[URLPattern] = [
    path("", publications.publications, name="publications"),
    path("sync/", publications.sync, name="sync"),
    path("progress/", publications.progress, name="progress"),
    path("add/", own.add, name="add"),
    path("restore/", own.restore, name="restore"),
    path("<int:pk>/", own.edit, name="edit"),
    path("<int:pk>/use-orcid/", own.reset, name="reset"),
    path("<int:pk>/delete/", own.delete, name="delete"),
    path("<int:pk>/hide/", own.hide, name="hide"),
    path("<int:pk>/show/", own.show, name="show"),
    path("import/", imports.upload, name="import"),
    path("import/<int:pk>/", imports.run, name="import_run"),
    path("import/<int:pk>/failing/", imports.failing_ones, name="import_failing"),
    path("export/<slug:form>/", exports.export, name="export"),
    path("institutions/", institutions.institutions, name="institutions"),
    path("institutions/<int:pk>/", institutions.institution_work, name="institution_work"),
    path(
        "institutions/<int:pk>/publish/",
        institutions.institution_publish,
        name="institution_publish",
    ),
    path(
        "institutions/<int:pk>/take-back/",
        institutions.institution_take_back,
        name="institution_take_back",
    ),
    path(
        "institutions/<int:pk>/delete/",
        institutions.institution_delete,
        name="institution_delete",
    ),
    path("institutions/<slug:slug>/add/", institutions.institution_add, name="institution_add"),
    path("queue/", queue.queue, name="queue"),
    path("queue/history/", queue.queue_history, name="queue_history"),
    path("queue/push-all/", queue.push_all, name="push_all"),
    path("queue/<int:pk>/send/", queue.queue_send, name="queue_send"),
    path("queue/<int:pk>/discard/", queue.queue_discard, name="queue_discard"),
]

person_urls: list[URLPattern | URLResolver] = [
    path("me/publications/", include((_works, "works"))),
]
