"""Gaps: what a member lacks. Annotated in the database, so that lists filter and count by them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models import AgreementRecord, Contact, Role, RoleAssignment
from members.dates import today
from members.models import Identifier, Member, Membership


@dataclass(frozen=True)
class Gap:
    """One kind of gap: its slug (in addresses), how it is called, and how to close it."""

    slug: str
    label: str | Promise
    advice: str | Promise
    # The page of Member Tools on which it is closed.
    page: str
    lacks: Q


GAPS = [
    Gap(
        "no-contacts",
        _("No contacts"),
        _("Nobody acts for this organisation here. Ask the consortium’s helpdesk."),
        "tools:contacts",
        Q(_has_contact=False),
    ),
    Gap(
        "nobody-signed-in",
        _("Nobody has signed in"),
        _("None of the contacts has signed in with ORCID yet, so nobody can edit."),
        "tools:contacts",
        Q(_has_contact=True, _has_access=False),
    ),
    Gap(
        "no-main",
        _("Nobody in charge"),
        _("There is no Main relationship contact. Give the role to one of the contacts."),
        "tools:contacts",
        Q(_has_main=False),
    ),
    Gap(
        "main-not-signed-in",
        _("Main contact has never signed in"),
        _("Ask the Main relationship contact to sign in with ORCID."),
        "tools:contacts",
        Q(_has_main=True, _main_signed_in=False),
    ),
    Gap(
        "no-voting",
        _("No voting contact"),
        _("Nobody votes: there is neither a Voting contact nor a Main to stand in."),
        "tools:contacts",
        Q(_has_contact=True, _has_voting=False, _has_main=False),
    ),
    Gap(
        "no-signatory",
        _("No signatory"),
        _("Name the Agreement signatory, or record who signed the agreement."),
        "tools:agreement",
        Q(_has_signatory=False, _has_agreement=False),
    ),
    Gap(
        "no-ror",
        _("No ROR"),
        _("Add the organisation’s ROR, so that ORCID and others recognise it."),
        "tools:identifiers",
        Q(_has_ror=False),
    ),
    Gap(
        "no-website",
        _("No website"),
        _("Add the address of the organisation’s website."),
        "tools:information",
        Q(website=""),
    ),
    Gap(
        "no-description",
        _("No description"),
        _("Say in a few sentences what the organisation does with ORCID."),
        "tools:information",
        Q(description=""),
    ),
    Gap(
        "trademark-unanswered",
        _("Logo permission not answered"),
        _("Say whether the logo may be shown publicly."),
        "tools:information",
        Q(trademark_permission=Member.Trademark.UNANSWERED),
    ),
    Gap(
        "start-unknown",
        _("Start of membership unknown"),
        _("The consortium’s helpdesk can record when the membership started."),
        "tools:settings",
        Q(_start_unknown=True),
    ),
    Gap(
        "not-confirmed",
        _("Not confirmed for a year"),
        _("Look through the contacts and the information, and confirm that they are right."),
        "tools:confirm",
        Q(_is_confirmed=False),
    ),
]
BY_SLUG = {gap.slug: gap for gap in GAPS}
CONFIRMED_FOR = datetime.timedelta(days=365)


def with_gaps(members: QuerySet[Member, Any]) -> QuerySet[Member, Any]:
    """Annotate what `gaps_of` and `lacking` need; one query however many members."""
    contacts = Contact.objects.current().filter(member=OuterRef("pk"))
    roles = RoleAssignment.objects.filter(member=OuterRef("pk"))
    mains = contacts.signed_in().with_role(Role.MAIN)
    identifiers = Identifier.objects.filter(member=OuterRef("pk"))
    starts = Membership.objects.active(today()).filter(member=OuterRef("pk"), start=None)
    return members.annotate(
        _has_contact=Exists(contacts),
        _has_access=Exists(contacts.signed_in()),
        _has_main=Exists(roles.filter(role=Role.MAIN)),
        _main_signed_in=Exists(mains),
        _has_voting=Exists(roles.filter(role=Role.VOTING)),
        _has_signatory=Exists(roles.filter(role=Role.SIGNATORY)),
        _has_agreement=Exists(AgreementRecord.objects.filter(member=OuterRef("pk"))),
        _has_ror=Exists(identifiers.filter(scheme=Identifier.Scheme.ROR)),
        _start_unknown=Exists(starts),
        _is_confirmed=_confirmed_or_not_active(),
    )


def _confirmed_or_not_active() -> Case:
    """Only active members are asked to confirm: pending ones have nothing to look back on."""
    active = Membership.objects.active(today()).filter(member=OuterRef("pk"))
    lately = Q(confirmed_at__gte=timezone.now() - CONFIRMED_FOR)
    return Case(
        When(lately | ~Exists(active), then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def lacking(members: QuerySet[Member, Any], slug: str) -> QuerySet[Member, Any]:
    """Those of `with_gaps(members)` that have the gap; all for an unknown slug."""
    gap = BY_SLUG.get(slug)
    return members.filter(gap.lacks) if gap else members


def with_gap_slugs(members: QuerySet[Member, Any]) -> QuerySet[Member, Any]:
    """`with_gaps`, plus `gap_flags`: one 0/1 annotation per gap, judged by the database alone."""
    flags = {
        f"gap_{gap.slug.replace('-', '_')}": Case(
            When(gap.lacks, then=Value(1)), default=Value(0), output_field=IntegerField()
        )
        for gap in GAPS
    }
    annotated = with_gaps(members).annotate(**flags)
    total = sum((F(name) for name in flags), start=Value(0))
    return annotated.annotate(gap_count=total)


def gaps_of(member: Member) -> list[Gap]:
    """The gaps of a member out of `with_gaps`, in the order of `GAPS`."""
    return [gap for gap in GAPS if all(_holds(member, fact) for fact in gap.lacks.children)]


def _holds(member: Member, fact: Any) -> bool:
    # A gap is a row of facts that all hold: the database has given them, nothing is asked again.
    name, value = fact
    return bool(getattr(member, name) == value)
