"""ORCID's words for works (API 3.0), each with the name a person reads.

What ORCID adds later is kept as it comes and shown by `readable`.
"""

from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Name: TypeAlias = "str | StrPromise"

# Grouped as ORCID's own list is, the most common first within a group.
WORK_TYPES_BY_GROUP: list[tuple[Name, dict[str, Name]]] = [
    (
        _("Publication"),
        {
            "journal-article": _("Journal article"),
            "book": _("Book"),
            "book-chapter": _("Book chapter"),
            "edited-book": _("Edited book"),
            "preprint": _("Preprint"),
            "working-paper": _("Working paper"),
            "report": _("Report"),
            "dissertation-thesis": _("Dissertation or thesis"),
            "journal-issue": _("Journal issue"),
            "magazine-article": _("Magazine article"),
            "newspaper-article": _("Newspaper article"),
            "newsletter-article": _("Newsletter article"),
            "blog-post": _("Blog post"),
            "encyclopedia-entry": _("Encyclopaedia entry"),
            "dictionary-entry": _("Dictionary entry"),
            "manual": _("Manual"),
            "online-resource": _("Online resource"),
            "website": _("Website"),
            "translation": _("Translation"),
            "transcription": _("Transcription"),
            "annotation": _("Annotation"),
        },
    ),
    (
        _("Review"),
        {
            "review": _("Review"),
            "book-review": _("Book review"),
            "test": _("Test or questionnaire"),
        },
    ),
    (
        _("Conference and talk"),
        {
            "conference-paper": _("Conference paper"),
            "conference-presentation": _("Conference presentation"),
            "conference-poster": _("Conference poster"),
            "conference-abstract": _("Conference abstract"),
            "conference-proceedings": _("Conference proceedings"),
            "conference-output": _("Other conference output"),
            "lecture-speech": _("Lecture"),
            "public-speech": _("Public speech"),
        },
    ),
    (
        _("Data, software and method"),
        {
            "data-set": _("Data set"),
            "software": _("Software"),
            "data-management-plan": _("Data management plan"),
            "clinical-study": _("Clinical study"),
            "research-technique": _("Research technique"),
            "research-tool": _("Research tool"),
            "physical-object": _("Physical object"),
        },
    ),
    (
        _("Arts and media"),
        {
            "artistic-performance": _("Artistic performance"),
            "musical-composition": _("Musical composition"),
            "image": _("Image"),
            "moving-image": _("Film or video"),
            "sound": _("Sound recording"),
            "cartographic-material": _("Map"),
            "design": _("Design"),
        },
    ),
    (
        _("Teaching"),
        {
            "learning-object": _("Teaching material"),
            "supervised-student-publication": _("Supervised student publication"),
        },
    ),
    (
        _("Rights, standards and enterprise"),
        {
            "patent": _("Patent"),
            "invention": _("Invention"),
            "disclosure": _("Disclosure"),
            "license": _("Licence"),
            "registered-copyright": _("Registered copyright"),
            "trademark": _("Trademark"),
            "standards-and-policy": _("Standard or policy"),
            "technical-standard": _("Technical standard"),
            "spin-off-company": _("Spin-off company"),
        },
    ),
    (_("Other"), {"other": _("Other"), "undefined": _("Not said")}),
]
WORK_TYPES: dict[str, Name] = {
    code: name for _group, names in WORK_TYPES_BY_GROUP for code, name in names.items()
}

RELATIONSHIPS: dict[str, Name] = {
    "self": _("This very work"),
    "version-of": _("Another version of it"),
    "part-of": _("What it is part of"),
    "funded-by": _("What funded it"),
}
# Before an identifier that is not the work's own, in a list.
RELATIONS: dict[str, Name] = {
    "self": "",
    "version-of": _("version of"),
    "part-of": _("part of"),
    "funded-by": _("funded by"),
}
# ORCID groups works by identifiers in these relationships, and by no others.
GROUPING_RELATIONSHIPS = frozenset({"self", "version-of"})
# A work may name its funding by these alone.
FUNDING_TYPES = frozenset({"grant_number", "proposal-id", "uri", "doi"})

IDENTIFIER_TYPES: dict[str, Name] = {
    "doi": _("DOI"),
    "isbn": _("ISBN"),
    "issn": _("ISSN"),
    "pmid": _("PubMed (PMID)"),
    "pmc": _("PubMed Central (PMC)"),
    "arxiv": _("arXiv"),
    "handle": _("Handle"),
    "uri": _("Web address (URI)"),
    "urn": _("URN"),
    "wosuid": _("Web of Science"),
    "eid": _("Scopus (EID)"),
    "other-id": _("Another identifier"),
    "source-work-id": _("Number in the source's own system"),
    "grant_number": _("Grant number"),
    "proposal-id": _("Proposal number"),
    "agr": _("Agricola"),
    "ark": _("ARK"),
    "asin": _("Amazon (ASIN)"),
    "asin-tld": _("Amazon, by country (ASIN)"),
    "authenticusid": _("Authenticus"),
    "bibcode": _("ADS bibcode"),
    "cba": _("Chinese Biological Abstracts"),
    "cgn": _("Culturegraph"),
    "cienciaiul": _("Ciência-IUL"),
    "cit": _("CiteSeer"),
    "cstr": _("CSTR"),
    "ctx": _("CiteXplore"),
    "dnb": _("German National Library (DNB)"),
    "emdb": _("Electron Microscopy Data Bank"),
    "empiar": _("EMPIAR"),
    "ethos": _("EThOS"),
    "hir": _("NHS Evidence"),
    "ismn": _("ISMN"),
    "jfm": _("Jahrbuch über die Fortschritte der Mathematik"),
    "jstor": _("JSTOR"),
    "k10plus": _("K10plus"),
    "kuid": _("KoreaMed (KUID)"),
    "lccn": _("Library of Congress (LCCN)"),
    "lensid": _("Lens"),
    "mr": _("Mathematical Reviews"),
    "oclc": _("OCLC (WorldCat)"),
    "ol": _("Open Library"),
    "osti": _("OSTI"),
    "pat": _("Patent number"),
    "pdb": _("Protein Data Bank"),
    "ppr": _("Europe PMC preprint"),
    "raid": _("RAiD"),
    "rfc": _("RFC"),
    "rrid": _("RRID"),
    "ssrn": _("SSRN"),
    "zbl": _("zbMATH"),
}

CITATION_TYPES: dict[str, Name] = {
    "bibtex": _("BibTeX"),
    "ris": _("RIS"),
    "formatted-unspecified": _("Formatted, style not said"),
    "formatted-apa": _("APA"),
    "formatted-chicago": _("Chicago"),
    "formatted-harvard": _("Harvard"),
    "formatted-ieee": _("IEEE"),
    "formatted-mla": _("MLA"),
    "formatted-vancouver": _("Vancouver"),
}

_CREDIT = "http://credit.niso.org/contributor-roles/"
CONTRIBUTOR_ROLES: dict[str, Name] = {
    "author": _("Author"),
    "editor": _("Editor"),
    "assignee": _("Assignee"),
    "chair-or-translator": _("Chair or translator"),
    "co-investigator": _("Co-investigator"),
    "co-inventor": _("Co-inventor"),
    "graduate-student": _("Graduate student"),
    "other-inventor": _("Other inventor"),
    "principal-investigator": _("Principal investigator"),
    "postdoctoral-researcher": _("Postdoctoral researcher"),
    "support-staff": _("Support staff"),
    f"{_CREDIT}conceptualization/": _("Conceptualization"),
    f"{_CREDIT}data-curation/": _("Data curation"),
    f"{_CREDIT}formal-analysis/": _("Formal analysis"),
    f"{_CREDIT}funding-acquisition/": _("Funding acquisition"),
    f"{_CREDIT}investigation/": _("Investigation"),
    f"{_CREDIT}methodology/": _("Methodology"),
    f"{_CREDIT}project-administration/": _("Project administration"),
    f"{_CREDIT}resources/": _("Resources"),
    f"{_CREDIT}software/": _("Software"),
    f"{_CREDIT}supervision/": _("Supervision"),
    f"{_CREDIT}validation/": _("Validation"),
    f"{_CREDIT}visualization/": _("Visualization"),
    f"{_CREDIT}writing-original-draft/": _("Writing: original draft"),
    f"{_CREDIT}writing-review-editing/": _("Writing: review and editing"),
}


def readable(names: dict[str, Name], code: str) -> Name:
    """The name a person reads; what ORCID has added meanwhile is shown by its own word."""
    found = names.get(code)
    if found is not None:
        return found
    return code.rstrip("/").rpartition("/")[2].replace("-", " ").replace("_", " ").capitalize()


def type_name(code: str) -> Name:
    """The readable name of a work type."""
    return readable(WORK_TYPES, code)


def relation_name(code: str) -> Name:
    """How an identifier belongs to the work, in short; empty for the work's own."""
    return RELATIONS.get(code, code.replace("-", " "))


def identifier_type_name(code: str) -> Name:
    """The readable name of a kind of identifier."""
    return readable(IDENTIFIER_TYPES, code)
