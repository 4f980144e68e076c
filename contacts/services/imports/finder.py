"""Which member a row of a file means: by ROR, name or short name, within one consortium."""

import difflib
from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from contacts.import_rows import Entry
from members import identifiers
from members.duplicates import plain_names
from members.models import Consortium, FormerSlug, Identifier, Member

# Looking for names that are nearly right takes time: a file of another consortium has none.
_MOST_GUESSES = 50


class MemberFinder:
    """Knows the current members of a consortium; three queries, however many rows ask."""

    def __init__(self, consortium: Consortium) -> None:
        self._consortium = consortium
        self._by_ror: dict[str, list[Member]] = defaultdict(list)
        self._by_plain: dict[str, list[Member]] = defaultdict(list)
        self._by_name: dict[str, list[Member]] = defaultdict(list)
        self._by_slug: dict[str, Member] = {}
        self._guesses = 0
        self._answers: dict[tuple[str, str, str], Member | str] = {}
        for member in self._members():
            self._learn(member)

    def _members(self) -> Iterable[Member]:
        rors = Identifier.objects.filter(scheme=Identifier.Scheme.ROR)
        members = Member.objects.current_in(self._consortium)
        former = Prefetch("former_slugs", FormerSlug.objects.only("slug", "member"))
        return members.prefetch_related(Prefetch("identifiers", rors, to_attr="rors"), former)

    def _learn(self, member: Member) -> None:
        names = {member.display_name, member.legal_name}
        for name in names:
            self._by_name[name.casefold()].append(member)
        for name in plain_names(names):
            self._by_plain[name].append(member)
        for identifier in getattr(member, "rors", []):
            self._by_ror[identifier.value].append(member)
        for slug in [*(former.slug for former in member.former_slugs.all()), member.slug]:
            self._by_slug[slug] = member

    def find(self, entry: Entry) -> Member:
        """Raises `ValidationError` when none is found, several are, or ROR and name disagree."""
        key = (entry.ror, entry.slug, entry.member)
        if key not in self._answers:
            try:
                self._answers[key] = self._find(*key)
            except ValidationError as error:
                self._answers[key] = error.messages[0]
        answer = self._answers[key]
        if isinstance(answer, str):
            raise ValidationError(answer)
        return answer

    def _find(self, ror: str, slug: str, name: str) -> Member:
        if not (ror or slug or name):
            raise ValidationError(_("The row names no member."))
        if not ror and "ror.org/" in name:
            ror, name = name, ""
        by_name = self._named(name) if name else []
        if ror or slug:
            if not ror and slug not in self._by_slug and len(by_name) == 1:
                return by_name[0]  # from another portal, whose short names are others
            sure = self._of_ror(ror) if ror else self._of_slug(slug)
            if by_name and sure not in by_name:
                words = _("%(sign)s is %(sure)s, but the name is that of %(other)s.")
                values = {"sign": ror or slug, "sure": sure, "other": by_name[0]}
                raise ValidationError(words % values)
            return sure
        if len(by_name) > 1:
            names = ", ".join(f"{member} ({member.slug})" for member in by_name)
            words = _("This could be any of several members: %(names)s. Give the ROR.")
            raise ValidationError(words % {"names": names})
        if not by_name:
            raise ValidationError(self._not_found(name))
        return by_name[0]

    def _named(self, name: str) -> list[Member]:
        exact = self._by_name.get(name.casefold(), [])
        if len(set(exact)) == 1:
            return [exact[0]]
        found = [
            member for plain in plain_names([name]) for member in self._by_plain.get(plain, [])
        ]
        if not found and name in self._by_slug:
            return [self._by_slug[name]]
        return list(dict.fromkeys(found))

    def _of_ror(self, ror: str) -> Member:
        found = self._by_ror.get(identifiers.normalise(Identifier.Scheme.ROR, ror), [])
        if len(found) != 1:
            words = _("%(count)s members here have the ROR %(ror)s.") if found else ""
            words = words or _("No member here has the ROR %(ror)s.")
            raise ValidationError(words % {"ror": ror, "count": len(found)})
        return found[0]

    def _of_slug(self, slug: str) -> Member:
        if slug not in self._by_slug:
            raise ValidationError(_("No member here has the short name %s.") % slug)
        return self._by_slug[slug]

    def _not_found(self, name: str) -> str:
        names = {"name": name[:100]}
        words = _("There is no member “%(name)s” in this consortium.") % names
        self._guesses += 1
        if self._guesses > _MOST_GUESSES:
            return words
        plain = next(iter(plain_names([name])), "")
        close = difflib.get_close_matches(plain, list(self._by_plain), n=1, cutoff=0.75)
        if close:
            names["other"] = self._by_plain[close[0]][0].display_name
            words = (
                _("There is no member “%(name)s” in this consortium. Perhaps %(other)s?") % names
            )
        return words
