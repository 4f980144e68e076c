"""Works of a record: the grouped list, and up to a hundred whole ones at once."""

from integrations.sandbox import errors, external_ids
from integrations.sandbox.api.call import ApiCall
from integrations.sandbox.api.groups import Row, group_rows
from integrations.sandbox.api.items import full, items, sources_of, summarised, whole_number
from integrations.sandbox.api.sections import WORKS
from integrations.sandbox.api.shapes import Json, newest
from integrations.sandbox.api.visibility import readable_person, visible_activities
from integrations.sandbox.models import Activity, Person

MAX_AT_ONCE = 100
WORK = Activity.Kind.WORK


def works(call: ApiCall, orcid: str) -> Json:
    return works_json(call, readable_person(call, orcid, section="works"))


def bulk(call: ApiCall, orcid: str, put_codes: str) -> Json:
    """Full works; then a slot with an error for each put-code that this record has not.

    Found ones come in the order of the registry, not of the question.
    """
    who = readable_person(call, orcid, section=f"works/{put_codes}")
    asked = list(dict.fromkeys(filter(None, put_codes.split(","))))
    if len(asked) > MAX_AT_ONCE:
        raise errors.too_many_put_codes(MAX_AT_ONCE)
    numbers = {whole_number(text): text for text in asked}
    found = items(who, WORKS).filter(pk__in=[number for number in numbers if number is not None])
    visible = set(found.filter(visible_activities(call, who)).values_list("pk", flat=True))
    slots: list[Json] = []
    for item in found:
        if item.pk in visible:
            slots.append({"work": full(item, WORKS)})
        else:
            slots.append({"error": errors.private_item().body})
        del numbers[item.pk]
    slots += [{"error": errors.bad_put_code(text).body} for text in numbers.values()]
    return {"bulk": slots}


def works_json(call: ApiCall, who: Person) -> Json:
    """All that the call may see, in groups; the newest publication first."""
    groups = group_rows(who, WORK, visible_activities(call, who))
    groups.sort(key=lambda group: newest_first(group[0]))
    sources = sources_of((row for group in groups for row in group), who)
    shown = [group_json(group, who, sources) for group in groups]
    return {"last-modified-date": newest(shown), "group": shown, "path": f"/{who.orcid}/works"}


def newest_first(row: Row) -> tuple[int, int, int, str, str]:
    """By date, the newest first and none last; then by title and type."""
    date = row.summary["publication-date"] or {}
    year, month, day = (
        -int(date[part]["value"]) if date.get(part) else 0 for part in ("year", "month", "day")
    )
    return year, month, day, row.summary["title"]["title"]["value"], row.summary["type"]


def group_json(group: list[Row], who: Person, sources: dict[int | None, Json]) -> Json:
    summaries = [summarised(row, who, WORK, sources[row.source_client_id]) for row in group]
    shared = {
        external_ids.key(item): item
        for row in group
        for item in row.summary["external-ids"]["external-id"]
        if item["external-id-relationship"] in external_ids.GROUPING
    }
    return {
        "last-modified-date": newest(summaries),
        "external-ids": {"external-id": list(shared.values())},
        "work-summary": summaries,
    }
