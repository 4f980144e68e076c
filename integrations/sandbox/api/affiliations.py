"""Lists of affiliations: the grouped summaries of a section."""

from collections.abc import Sequence

from integrations.sandbox import external_ids
from integrations.sandbox.api.call import ApiCall
from integrations.sandbox.api.groups import Row, groups_by_kind
from integrations.sandbox.api.items import sources_of, summarised
from integrations.sandbox.api.sections import AFFILIATIONS, Section
from integrations.sandbox.api.shapes import Json, newest
from integrations.sandbox.api.visibility import readable_person, visible_activities
from integrations.sandbox.models import Person
from integrations.sandbox.works import plain


def affiliations(call: ApiCall, orcid: str, section: Section) -> Json:
    who = readable_person(call, orcid, section=section.plural)
    return affiliations_json(call, who, [section])[section.plural]


def affiliations_json(
    call: ApiCall, who: Person, sections: Sequence[Section] = AFFILIATIONS
) -> dict[str, Json]:
    """The sections with all that the call may see, in groups; what goes on first, then the latest."""
    found = groups_by_kind(
        who, [section.kind for section in sections], visible_activities(call, who)
    )
    every = [row for groups in found.values() for group in groups for row in group]
    sources = sources_of(every, who) if every else {}
    lists = {}
    for section in sections:
        groups = sorted(found[section.kind], key=lambda group: latest_first(group[0].summary))
        shown = [group_json(group, who, section, sources) for group in reversed(groups)]
        lists[section.plural] = {
            "last-modified-date": newest(shown),
            "affiliation-group": shown,
            "path": f"/{who.orcid}/{section.plural}",
        }
    return lists


def latest_first(summary: Json) -> tuple[bool, str, str]:
    """In reverse: by end, none being the latest, then by start."""
    return (
        summary["end-date"] is None,
        sortable(summary["end-date"]),
        sortable(summary["start-date"]),
    )


def sortable(date: Json | None) -> str:
    return "-".join(plain((date or {}).get(part)) for part in ("year", "month", "day"))


def group_json(
    group: list[Row], who: Person, section: Section, sources: dict[int | None, Json]
) -> Json:
    summaries = [summarised(row, who, section.kind, sources[row.source_client_id]) for row in group]
    shared = {
        external_ids.key(item): item
        for row in group
        for item in (row.summary["external-ids"] or {}).get("external-id", [])
        if item["external-id-relationship"] in external_ids.GROUPING
    }
    return {
        "last-modified-date": newest(summaries),
        "external-ids": {"external-id": list(shared.values())},
        "summaries": [{f"{section.kind}-summary": one} for one in summaries],
    }
