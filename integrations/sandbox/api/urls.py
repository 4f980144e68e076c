from django.urls import path, re_path, register_converter

from integrations.sandbox import orcid_ids
from integrations.sandbox.api import person, search, status
from integrations.sandbox.oauth.token import token


class OrcidConverter:
    regex = orcid_ids.PATTERN.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(OrcidConverter, "orcid")

# Below /pub/ and /api/, which stand for ORCID's two API hosts.
urlpatterns = [
    path("oauth/token", token),
    path("v3.0/status", status.status),
    path("v3.0/apiStatus", status.status),
    path("v3.0/pubStatus", status.status),
    path("v3.0/search", search.search),
    path("v3.0/search/", search.search),
    path("v3.0/expanded-search", search.expanded_search),
    path("v3.0/expanded-search/", search.expanded_search),
    path("v3.0/<orcid:orcid>/person", person.person),
    path("v3.0/<orcid:orcid>/email", person.email),
    path("v3.0/<orcid:orcid>/other-names", person.other_names),
    path("v3.0/<orcid:orcid>/personal-details", person.personal_details),
    path("v3.0/<orcid:orcid>/biography", person.biography),
    *(
        path(f"v3.0/<orcid:orcid>/{name}", person.section, {"name": name})
        for name in person.EMPTY_SECTIONS
    ),
    re_path(r"^.*$", status.unknown),
]
