"""What the rows of the lead's list of members say: on the page, and the same in its files."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Max, Prefetch
from django_countries import countries

from contacts.gaps import gaps_of, with_gaps
from contacts.models import Contact, OrcidReport, Role, RoleAssignment
from contacts.voting import VOTES_BY, voter_among
from members import text
from members.dates import iso_day
from members.former import names_then
from members.models import Consortium, Identifier, Member, Membership

# The words of the file are for other programs: they are not translated.
HEADER = ["Member", "Community", "Country", "Status", "Start", "End", "Reason for the end"]
HEADER += [scheme.label for scheme in Identifier.Scheme]
HEADER += [role.label for role in Role]
HEADER += ["Votes", "Contacts", "Gaps", "Last confirmed", "Told ORCID"]
_AT_ONCE = 200
Row = dict[str, Any]


def member_rows(keys: Sequence[int], consortium: Consortium) -> list[Row]:
    """Present and coming members, in that order: seven queries however many there are."""
    periods = Membership.objects.current().filter(consortium=consortium).order_by("start")
    holders = RoleAssignment.objects.filter(role__in=VOTES_BY).select_related("contact")
    detailed = with_gaps(Member.objects.filter(pk__in=keys)).prefetch_related(
        Prefetch("memberships", periods, to_attr="periods"),
        Prefetch("role_assignments", holders, to_attr="holders"),
        "identifiers",
    )
    by_key: dict[int, Any] = {member.pk: member for member in detailed}
    numbers, roles, told = _numbers(keys), _names_by_role(keys), _told(keys, consortium)
    return [
        _row(by_key[key], numbers.get(key, 0), roles.get(key, {})) | {"told": told.get(key)}
        for key in keys
        if key in by_key
    ]


def _row(member: Any, number_of_contacts: int, names: dict[Role, list[str]]) -> Row:
    holders = {assignment.role: assignment.contact for assignment in member.holders}
    voter = voter_among(holders)
    identifiers = list(member.identifiers.all())
    rors = [held for held in identifiers if held.scheme == Identifier.Scheme.ROR]
    return {
        "member": member,
        "membership": member.periods[0] if member.periods else None,
        "ror": rors[0] if rors else None,
        "identifiers": [held for held in identifiers if held not in rors[:1]],
        "main": holders.get(Role.MAIN),
        "votes": voter and voter.contact,
        "stands_in": voter and voter.stands_in,
        "roles": [(role, names[role]) for role in Role if role in names],
        "contacts": number_of_contacts,
        "gaps": gaps_of(member),
    }


def _numbers(keys: Sequence[int]) -> dict[int, int]:
    current = Contact.objects.current().filter(member__in=keys).order_by()
    return dict(current.values_list("member").annotate(number=Count("pk")))


def _told(keys: Sequence[int], consortium: Consortium) -> dict[int, datetime.datetime]:
    """When ORCID was last told of a change at the member."""
    reports = OrcidReport.objects.filter(consortium=consortium, members__in=keys).order_by()
    return dict(reports.values_list("members").annotate(last=Max("sent_at")))


def _names_by_role(keys: Sequence[int]) -> dict[int, dict[Role, list[str]]]:
    found: dict[int, dict[Role, list[str]]] = {}
    held = RoleAssignment.objects.filter(member__in=keys).order_by("contact__sort_key", "contact")
    about = ["member", "role", "contact__given_names", "contact__family_name", "contact__orcid"]
    for member, role, given, family, orcid in held.values_list(*about):
        of_member = found.setdefault(member, {})
        of_member.setdefault(Role(role), []).append(f"{given} {family}".strip() or orcid)
    return found


def former_keys(consortium: Consortium, words: Sequence[str], order: str) -> list[int]:
    """Members whose last period in the consortium is over, found and ordered by what is left to be
    read of them: the name they had then, and the period (A3)."""
    periods = _last_periods(consortium)
    names = names_then({key: period.end for key, period in periods.items() if period.end})
    found = [key for key in periods if all(w in text.search_key(names[key]) for w in words)]
    found.sort(key=lambda key: (text.sort_key(names[key]), key))
    if order == "start":
        found.sort(key=lambda key: str(periods[key].start or ""), reverse=True)
    return found


def former_rows(keys: Sequence[int], consortium: Consortium) -> list[Row]:
    """What is left to be read of former members: name, period, reason; four queries."""
    periods = _last_periods(consortium, keys)
    names = names_then({key: period.end for key, period in periods.items() if period.end})
    slugs = dict(Member.objects.filter(pk__in=keys).order_by().values_list("pk", "slug"))
    return [
        {"is_former": True, "name": names[key], "slug": slugs[key], "membership": periods[key]}
        for key in keys
        if key in periods
    ]


def _last_periods(
    consortium: Consortium, keys: Sequence[int] | None = None
) -> dict[int, Membership]:
    over = Membership.objects.former_in(consortium)
    if keys is not None:
        over = over.filter(member__in=keys)
    return {period.member_id: period for period in over.order_by("end", "pk")}


def file_rows(keys: Sequence[int], consortium: Consortium, *, former: bool) -> Iterator[list[str]]:
    """The same rows as texts, in the columns of `HEADER`; read in pieces."""
    for start in range(0, len(keys), _AT_ONCE):
        piece = keys[start : start + _AT_ONCE]
        if former:
            yield from map(_former_cells, former_rows(piece, consortium))
        else:
            yield from map(_cells, member_rows(piece, consortium))


def _cells(row: Row) -> list[str]:
    member, roles = row["member"], dict(row["roles"])
    identifiers = [row["ror"], *row["identifiers"]] if row["ror"] else row["identifiers"]
    return [
        member.display_name,
        member.get_community_display(),
        str(countries.name(str(member.country))),
        *_period_cells(row["membership"]),
        *(
            "; ".join(held.value for held in identifiers if held.scheme == scheme)
            for scheme in Identifier.Scheme
        ),
        *("; ".join(roles.get(role, [])) for role in Role),
        row["votes"].display_name if row["votes"] else "",
        str(row["contacts"]),
        "; ".join(str(gap.label) for gap in row["gaps"]),
        iso_day(member.confirmed_at),
        iso_day(row["told"]),
    ]


def _former_cells(row: Row) -> list[str]:
    cells = [row["name"], "", "", *_period_cells(row["membership"])]
    return cells + [""] * (len(HEADER) - len(cells))


def _period_cells(period: Membership | None) -> list[str]:
    if period is None:
        return [""] * 4
    days = (day.isoformat() if day else "" for day in (period.start, period.end))
    return [str(period.status.label), *days, period.end_reason]
