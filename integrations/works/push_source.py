"""An institution's works as the outbox sends them (`integrations.push.sources.Source`).

What is checked here before sending has its own words, for those who keep the works; what may go is
asked again at the moment of sending (rules O2, O3, O7).
"""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from contacts.models import User
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.sources import Payload, Refusal
from integrations.works import content as rules
from integrations.works.identifiers import normalized
from integrations.works.languages import LANGUAGES
from integrations.works.models import Authorship, Grant, MemberWork
from integrations.works.orcid_json import work_json
from integrations.works.services.pushing import not_allowed
from integrations.works.vocabulary import CITATION_TYPES, CONTRIBUTOR_ROLES


class MemberWorks:
    """The section *work*."""

    def payloads(
        self, item_ids: Sequence[int], connection: Connection
    ) -> Mapping[int, Payload | Refusal]:
        """What is to stand on the record, made now; two queries."""
        works = list(MemberWork.objects.filter(pk__in=list(item_ids)).defer("search_key"))
        named = {each.get("orcid", "") for work in works for each in work.contributors}
        proved = set(User.objects.filter(orcid__in=named - {""}).values_list("orcid", flat=True))
        return {work.pk: _payload(work, {str(orcid) for orcid in proved}) for work in works}

    def may_go(self, deliveries: Sequence[Delivery]) -> Mapping[int, str]:
        """Why not, by key of the delivery; three queries for one connection."""
        if not deliveries:
            return {}
        connection = deliveries[0].connection
        person = User.objects.filter(orcid=connection.orcid).first()
        granted = set[int]()
        if person is not None:
            grants = Grant.objects.in_force().of(person).for_purpose(Grant.Purpose.PUSH)
            granted = set(grants.values_list("member", flat=True))
        items = [row.item_id for row in deliveries]
        written = Authorship.objects.filter(person=person, work__in=items)
        states = dict(written.values_list("work", "work__state"))
        reasons = {row.pk: _reason(row, granted, states) for row in deliveries}
        return {pk: words for pk, words in reasons.items() if words}

    def normalized(self, kind: str, value: str) -> str:
        """As two works are compared here."""
        return normalized(kind, value) or value


def _reason(row: Delivery, granted: set[int], states: Mapping[int, str]) -> str:
    if row.want == Delivery.Want.DELETE:
        if row.member_id in granted:
            return ""
        return _("The person no longer lets the institution write to the record.")
    if row.member_id not in granted:
        return not_allowed()
    if row.item_id not in states:
        return _("The person is not named as an author of it, with the iD they signed in with.")
    if states[row.item_id] != MemberWork.State.PUBLIC:
        return _("It is not public at the institution.")
    return ""


def _payload(work: MemberWork, proved: set[str]) -> Payload | Refusal:
    wrong = list(problems(work))
    return Refusal(" ".join(wrong)) if wrong else work_json(work, proved=proved)


def problems(work: MemberWork) -> Iterator[str]:
    """What ORCID would not take, each with its own words."""
    said = {name: getattr(work, name) for name in rules.FIELDS}
    for name, words in rules.problems(said).items():
        yield from (f"{rules.FIELDS[name]}: {each}" for each in words)
    if not work.published:
        yield _("The date is missing: at least the year.")
    if not any(each["relationship"] == "self" for each in work.identifiers):
        yield _("It has no identifier of its own, such as a DOI or an ISBN.")
    if work.translated_title and work.translated_title_language not in LANGUAGES:
        yield _("The language of the translated title is missing.")
    if work.language_code and work.language_code not in LANGUAGES:
        yield _("ORCID does not know the language “%(code)s”.") % {"code": work.language_code}
    if work.citation_value and work.citation_type not in CITATION_TYPES:
        yield _("The kind of the citation is missing.")
    for each in work.contributors:
        if not each["name"] and not each.get("orcid"):
            yield _("One of the people has no name.")
        if each.get("role") and each["role"] not in CONTRIBUTOR_ROLES:
            yield _("ORCID does not know the role of %(name)s.") % {"name": each["name"][:80]}
