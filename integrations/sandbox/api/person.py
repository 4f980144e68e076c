"""The person part of a record: JSON as ORCID shapes it (orcid-api.md, 2.3)."""

import itertools

from integrations.sandbox import errors
from integrations.sandbox.api.call import ApiCall, Json, api_view
from integrations.sandbox.api.shapes import moment, newest, own_source, wrapped
from integrations.sandbox.api.visibility import readable_person, visible_emails, visible_levels
from integrations.sandbox.models import Email, Person, Visibility

# Sections the sandbox keeps nothing of: path to the key of the list.
EMPTY_SECTIONS = {
    "researcher-urls": "researcher-url",
    "address": "address",
    "keywords": "keyword",
    "external-identifiers": "external-identifier",
}


@api_view
def person(call: ApiCall, orcid: str) -> Json:
    return person_json(call, readable_person(call, orcid, section="person"))


def person_json(call: ApiCall, who: Person) -> Json:
    emails = emails_json(call, who)
    names = other_names_json(who)
    return {
        "last-modified-date": newest([emails, names]),
        "name": name_json(call, who),
        "other-names": names,
        "biography": None,
        "researcher-urls": empty_section(who, "researcher-urls"),
        "emails": emails,
        "addresses": empty_section(who, "address"),
        "keywords": empty_section(who, "keywords"),
        "external-identifiers": empty_section(who, "external-identifiers"),
        "path": f"/{who.orcid}/person",
    }


@api_view
def email(call: ApiCall, orcid: str) -> Json:
    return emails_json(call, readable_person(call, orcid, section="email"))


@api_view
def other_names(call: ApiCall, orcid: str) -> Json:
    return other_names_json(readable_person(call, orcid, section="other-names"))


@api_view
def personal_details(call: ApiCall, orcid: str) -> Json:
    who = readable_person(call, orcid, section="personal-details")
    names = other_names_json(who)
    return {
        "last-modified-date": names["last-modified-date"],
        "name": name_json(call, who),
        "other-names": names,
        "biography": None,
        "path": f"/{orcid}/personal-details",
    }


@api_view
def biography(call: ApiCall, orcid: str) -> Json:
    readable_person(call, orcid, section="biography")
    raise errors.no_biography()


@api_view
def section(call: ApiCall, orcid: str, name: str) -> Json:
    """One of the sections that the sandbox keeps nothing of."""
    return empty_section(readable_person(call, orcid, section=name), name)


def name_json(call: ApiCall, who: Person) -> Json | None:
    """Null as a whole when hidden: the parts of a name share one visibility."""
    given, family, credit = who.given_names, who.family_name, who.credit_name
    if who.status == Person.Status.DEACTIVATED:
        given, family, credit = "Given Names Deactivated", "Family Name Deactivated", ""
    elif who.name_visibility not in visible_levels(call, who):
        return None
    return {
        "created-date": moment(who.created_at),
        "last-modified-date": moment(who.updated_at),
        "given-names": wrapped(given),
        "family-name": wrapped(family),
        "credit-name": wrapped(credit),
        "source": None,
        "visibility": str(who.name_visibility),
        "path": who.orcid,
    }


def emails_json(call: ApiCall, who: Person) -> Json:
    items = [email_json(item, who) for item in visible_emails(call, who)]
    return {
        "last-modified-date": newest(items),
        "email": items,
        "path": f"/{who.orcid}/email",
    }


def email_json(item: Email, who: Person) -> Json:
    return {
        "created-date": moment(item.created_at),
        "last-modified-date": moment(item.created_at),
        "source": own_source(who),
        "email": item.email,
        "path": None,
        "visibility": str(item.visibility),
        "verified": item.verified,
        "primary": item.primary,
        "put-code": None,
    }


def other_names_json(who: Person) -> Json:
    names = who.other_names if who.status == Person.Status.ACTIVE else []
    items = [
        {
            "created-date": moment(who.created_at),
            "last-modified-date": moment(who.created_at),
            "source": own_source(who),
            "content": name,
            "visibility": Visibility.PUBLIC.value,
            "path": f"/{who.orcid}/other-names/{put_code}",
            "put-code": put_code,
            "display-index": len(names) - index,
        }
        for index, (name, put_code) in enumerate(
            zip(names, itertools.count(who.pk * 100), strict=False)
        )
    ]
    return {
        "last-modified-date": newest(items),
        "other-name": items,
        "path": f"/{who.orcid}/other-names",
    }


def empty_section(who: Person, name: str) -> Json:
    return {"last-modified-date": None, EMPTY_SECTIONS[name]: [], "path": f"/{who.orcid}/{name}"}
