"""The record as a whole: `record`, `activities`, and the short `summary`."""

from integrations.sandbox import errors, links
from integrations.sandbox.affiliations import organization_name
from integrations.sandbox.api.affiliations import affiliations_json
from integrations.sandbox.api.call import Api, ApiCall, api_view
from integrations.sandbox.api.person import person_json
from integrations.sandbox.api.shapes import Json, moment, newest
from integrations.sandbox.api.visibility import readable_person
from integrations.sandbox.api.works import works_json
from integrations.sandbox.models import Activity, Person, Visibility

# Sections of activities that the sandbox keeps nothing of (yet), and the key of their list.
EMPTY_ACTIVITIES = {
    "fundings": "group",
    "peer-reviews": "group",
    "research-resources": "group",
}
Kind = Activity.Kind
COUNTED = {"self-asserted-count": 0, "validated-count": 0}


@api_view
def record(call: ApiCall, orcid: str, path: str = "") -> Json:
    who = readable_person(call, orcid, section=path)
    return {
        "orcid-identifier": links.orcid_identifier(orcid),
        "preferences": {"locale": "en"},
        "history": history_json(who),
        "person": person_json(call, who),
        "activities-summary": activities_json(call, who),
        "path": f"/{orcid}",
    }


@api_view
def activities(call: ApiCall, orcid: str) -> Json:
    return activities_json(call, readable_person(call, orcid, section="activities"))


@api_view
def section(call: ApiCall, orcid: str, name: str) -> Json:
    """One of the sections that the sandbox keeps nothing of."""
    return empty_section(readable_person(call, orcid, section=name), name)


@api_view
def summary(call: ApiCall, orcid: str) -> Json:
    """Counts of what is public. At the member API only."""
    if call.api == Api.PUBLIC:
        raise errors.unknown_path()
    who = readable_person(call, orcid, section="summary")
    return {
        "created-date": moment(who.created_at),
        "last-modified-date": {"value": who.modified_ms},
        "credit-name": who.public_name,
        "orcid-identifier": links.orcid_identifier(orcid),
        "external-identifiers": None,
        "employments": affiliation_counts(who, "employment", Kind.EMPLOYMENT),
        "professional-activities": affiliation_counts(
            who,
            "professional-activity",
            Kind.DISTINCTION,
            Kind.INVITED_POSITION,
            Kind.MEMBERSHIP,
            Kind.SERVICE,
        ),
        "fundings": COUNTED,
        "works": work_counts(call, who),
        "peer-reviews": {"peer-review-publication-grants": 0, "self-asserted-count": 0, "total": 0},
        "email-domains": {"count": 0, "email-domain": None},
        "education-qualifications": affiliation_counts(
            who, "education-qualification", Kind.EDUCATION, Kind.QUALIFICATION
        ),
        "research-resources": COUNTED,
    }


def affiliation_counts(who: Person, key: str, *kinds: Activity.Kind) -> Json:
    """The public ones; validated are those that an organisation asserted."""
    is_active = who.status == Person.Status.ACTIVE
    found = who.activities.filter(kind__in=kinds, visibility=Visibility.PUBLIC).select_related(
        "source_client"
    )
    shown = [
        {
            "put-code": item.pk,
            "start-date": item.summary["start-date"],
            "end-date": item.summary["end-date"],
            "organization-name": organization_name(item.summary),
            "role": item.summary["role-title"],
            "url": item.summary["url"],
            "validated": item.source_client is not None,
        }
        for item in (found if is_active else [])
    ]
    return {"count": len(shown), key: shown or None}


def work_counts(call: ApiCall, who: Person) -> Json:
    """Groups of public works; one counts as validated when an organisation asserted a version."""
    groups = [
        [item for item in group["work-summary"] if item["visibility"] == Visibility.PUBLIC]
        for group in works_json(call, who)["group"]
    ]
    validated = [
        any(item["source"]["source-client-id"] for item in group) for group in groups if group
    ]
    return {
        "self-asserted-count": validated.count(False),
        "validated-count": validated.count(True),
    }


def history_json(who: Person) -> Json:
    emails = [email for email in who.emails.all() if email.verified]
    modified = {"value": who.modified_ms}
    return {
        "creation-method": "DIRECT",
        "completion-date": None,
        "submission-date": moment(who.created_at),
        "last-modified-date": modified,
        "claimed": True,
        "source": None,
        "deactivation-date": modified if who.status == Person.Status.DEACTIVATED else None,
        "verified-email": bool(emails),
        "verified-primary-email": any(email.primary for email in emails),
    }


def activities_json(call: ApiCall, who: Person) -> Json:
    sections = {name: empty_section(who, name) for name in EMPTY_ACTIVITIES}
    sections |= affiliations_json(call, who)
    # By their names, as ORCID has them; works are the last.
    sections = dict(sorted(sections.items()))
    sections["works"] = works_json(call, who)
    return {
        "last-modified-date": newest(sections.values()),
        **sections,
        "path": f"/{who.orcid}/activities",
    }


def empty_section(who: Person, name: str) -> Json:
    return {"last-modified-date": None, EMPTY_ACTIVITIES[name]: [], "path": f"/{who.orcid}/{name}"}
