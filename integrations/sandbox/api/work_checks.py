"""What the registry asks of a work, in its order."""

import re
from collections.abc import Mapping
from typing import Any

from integrations.sandbox import orcid_ids, refusals
from integrations.sandbox.api.checks import check_country, check_date, check_external_ids
from integrations.sandbox.works import WORK_TYPES, listed, plain

Json = Mapping[str, Any]

CITATION_TYPES = frozenset({
    "bibtex", "ris", "formatted-unspecified", "formatted-apa", "formatted-harvard",
    "formatted-ieee", "formatted-mla", "formatted-vancouver", "formatted-chicago",
})  # fmt: skip
ROLES = frozenset({
    "author", "assignee", "editor", "chair-or-translator", "co-investigator", "co-inventor",
    "graduate-student", "other-inventor", "principal-investigator", "postdoctoral-researcher",
    "support-staff",
})  # fmt: skip
CREDIT_ROLE = re.compile(r"https?://credit\.niso\.org/contributor-roles/[a-z-]+/?")
SEQUENCES = frozenset({"first", "additional"})
# Hebrew, Indonesian and Yiddish under their old names, and no plain Chinese.
LANGUAGES = frozenset({
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg",
    "bh", "bi", "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv",
    "cy", "da", "de", "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi",
    "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "hi", "ho", "hr", "ht",
    "hu", "hy", "hz", "ia", "ie", "ig", "ii", "ik", "in", "io", "is", "it", "iu", "iw", "ja",
    "ji", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv",
    "kw", "ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk",
    "ml", "mn", "mo", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no",
    "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm",
    "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so",
    "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn",
    "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo",
    "xh", "yo", "za", "zh_CN", "zh_TW", "zu",
})  # fmt: skip


def check_work(entry: Json) -> None:
    """Nothing when the registry would take it; ApiError as it would say."""
    title = entry.get("title") or {}
    if not plain(title.get("title")).strip():
        raise refusals.no_title()
    check_country(entry.get("country"))
    check_translated_title(title.get("translated-title"))
    if entry.get("type") not in WORK_TYPES:
        raise refusals.bad_kind_of_value("work type", entry.get("type"))
    check_language("language code", entry.get("language-code"))
    check_date(entry.get("publication-date"))
    check_citation(entry.get("citation"))
    for contributor in listed(entry, "contributors", "contributor"):
        check_contributor(contributor)
    check_external_ids(entry, needs_self=True)


def check_translated_title(entry: Json | None) -> None:
    if entry is None:
        return
    if entry.get("value"):
        check_language("language code of the translated title", entry.get("language-code") or "")
    elif entry.get("language-code"):
        raise refusals.invalid("a translated title is missing, or its language-code too much.")


def check_language(what: str, code: str | None) -> None:
    if code is not None and code not in LANGUAGES:
        raise refusals.bad_kind_of_value(what, code)


def check_citation(entry: Json | None) -> None:
    if entry is None:
        return
    if entry.get("citation-type") not in CITATION_TYPES:
        raise refusals.bad_kind_of_value("citation type", entry.get("citation-type"))
    if not entry.get("citation-value"):
        raise refusals.invalid("the citation is empty.")


def check_contributor(entry: Json) -> None:
    orcid = (entry.get("contributor-orcid") or {}).get("path")
    if orcid and not orcid_ids.is_valid(orcid):
        raise refusals.invalid(f"{orcid} is no ORCID iD.")
    name = entry.get("credit-name")
    if name is not None and not plain(name).strip():
        raise refusals.invalid("the credit-name of a contributor is empty.")
    attributes = entry.get("contributor-attributes") or {}
    role, sequence = attributes.get("contributor-role"), attributes.get("contributor-sequence")
    if role is not None and role not in ROLES and not CREDIT_ROLE.fullmatch(str(role)):
        raise refusals.bad_role(role)
    if sequence is not None and sequence not in SEQUENCES:
        raise refusals.bad_enum("contributor-sequence", sequence)
