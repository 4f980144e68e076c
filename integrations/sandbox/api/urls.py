from django.urls import URLPattern, path, re_path, register_converter

from integrations.sandbox import orcid_ids
from integrations.sandbox.api import (
    affiliations,
    items,
    notifications,
    person,
    record,
    search,
    status,
    webhook,
    works,
    writing,
)
from integrations.sandbox.api.call import endpoint
from integrations.sandbox.api.sections import AFFILIATIONS, SECTIONS, Section
from integrations.sandbox.oauth.token import token


class OrcidConverter:
    regex = orcid_ids.PATTERN.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(OrcidConverter, "orcid")


def of_section(section: Section) -> list[URLPattern]:
    """One item to add, to read and to change, and as the lists show it."""
    start, more = f"v3.0/<orcid:orcid>/{section.kind}", {"section": section}
    one = endpoint(section.kind, GET=items.read, PUT=writing.put, DELETE=writing.delete)
    return [
        path(start, endpoint(POST=writing.post), more),
        path(f"{start}/<put_code>", one, more),
        path(
            f"{start}/summary/<put_code>",
            endpoint(f"{section.kind}-summary", GET=items.summary),
            more,
        ),
    ]


# Below /pub/ and /api/, which stand for ORCID's two API hosts.
urlpatterns = [
    path("oauth/token", token),
    path("<orcid:orcid>/webhook/<path:uri>", webhook.webhook),
    path("v3.0/status", status.status),
    path("v3.0/apiStatus", status.status),
    path("v3.0/pubStatus", status.status),
    path("v3.0/search", search.search),
    path("v3.0/search/", search.search),
    path("v3.0/expanded-search", search.expanded_search),
    path("v3.0/expanded-search/", search.expanded_search),
    path("v3.0/<orcid:orcid>", record.record),
    path("v3.0/<orcid:orcid>/record", record.record, {"path": "record"}),
    path("v3.0/<orcid:orcid>/summary", record.summary),
    path("v3.0/<orcid:orcid>/activities", record.activities),
    *(
        path(f"v3.0/<orcid:orcid>/{name}", record.section, {"name": name})
        for name in record.EMPTY_ACTIVITIES
    ),
    *(
        path(
            f"v3.0/<orcid:orcid>/{section.plural}",
            endpoint(section.plural, GET=affiliations.affiliations),
            {"section": section},
        )
        for section in AFFILIATIONS
    ),
    path("v3.0/<orcid:orcid>/works", endpoint("works", GET=works.works, POST=writing.post_works)),
    path("v3.0/<orcid:orcid>/works/<put_codes>", endpoint("bulk", GET=works.bulk)),
    *(pattern for section in SECTIONS for pattern in of_section(section)),
    path("v3.0/<orcid:orcid>/person", person.person),
    path("v3.0/<orcid:orcid>/email", person.email),
    path("v3.0/<orcid:orcid>/other-names", person.other_names),
    path("v3.0/<orcid:orcid>/personal-details", person.personal_details),
    path("v3.0/<orcid:orcid>/biography", person.biography),
    *(
        path(f"v3.0/<orcid:orcid>/{name}", person.section, {"name": name})
        for name in person.EMPTY_SECTIONS
    ),
    path(
        "v3.0/<orcid:orcid>/notification-permission",
        endpoint("notifications", GET=notifications.listed, POST=notifications.post),
    ),
    path(
        "v3.0/<orcid:orcid>/notification-permission/<put_code>",
        endpoint("notification", GET=notifications.read, DELETE=notifications.archive),
    ),
    re_path(r"^.*$", status.unknown),
]
