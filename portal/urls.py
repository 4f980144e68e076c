"""Every address of the portal. `tests/access/` walks them all."""

from django.contrib import admin
from django.urls import URLPattern, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from contacts.account_urls import own_urls
from contacts.lead_urls import lead_urls as contact_lead_urls
from contacts.urls import api_urls as contact_api_urls
from contacts.urls import person_urls
from contacts.urls import tools_urls as contact_tools_urls
from integrations.orcid.urls import connection_urls
from integrations.works.grant_urls import person_urls as grant_urls
from integrations.works.grant_urls import tools_urls as grant_tools_urls
from integrations.works.member_urls import person_urls as desk_urls
from integrations.works.member_urls import tools_urls as member_work_tools_urls
from integrations.works.urls import person_urls as work_urls
from members.api.directory import DirectoryViewSet
from members.urls import api_urls as member_api_urls
from members.urls import directory_urls
from members.urls import tools_urls as member_tools_urls
from portal.api import UnknownAddressView, router
from portal.pages.urls import lead_urls as page_lead_urls
from portal.pages.urls import page_urls
from portal.pages.urls import tools_urls as page_tools_urls

router.register("directory", DirectoryViewSet, basename="directory")

api_urls: list[URLPattern] = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api_schema", template_name="pages/api_docs.html"
        ),
        name="api_docs",
    ),
]

urlpatterns = [
    *page_urls,
    path("directory/", include((directory_urls, "directory"))),
    path(
        "tools/",
        include(
            (
                [
                    *page_tools_urls,
                    *member_tools_urls,
                    *contact_tools_urls,
                    *grant_tools_urls,
                    *member_work_tools_urls,
                ],
                "tools",
            )
        ),
    ),
    *person_urls,
    *connection_urls,
    *work_urls,
    *desk_urls,
    *grant_urls,
    path("lead/", include(([*page_lead_urls, *contact_lead_urls], "lead"))),
    path("api/v1/", include(([*router.urls, *member_api_urls, *contact_api_urls], "api"))),
    path("api/", include(api_urls)),
    re_path(r"^api/v\d", UnknownAddressView.as_view(), name="api_unknown"),
    path("admin/", admin.site.urls),
    path("accounts/", include("contacts.account_urls")),
    path("me/accounts/", include(own_urls)),
]

handler400 = "portal.pages.errors.bad_request"
handler500 = "portal.pages.errors.server_error"
