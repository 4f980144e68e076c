"""What is at the members of a file already, and what may be brought in there (ADR 0030)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contacts.import_rows import Entry
from contacts.models import PROTECTED_ROLES, AgreementRecord, Contact, Invitation, Role
from contacts.services.imports.people import Person
from members.duplicates import plain_names
from members.models import EmailDomain, Member


@dataclass
class House:
    """One member's people."""

    member: Member
    contacts: list[Contact] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    declined: list[Invitation] = field(default_factory=list)
    domains: list[EmailDomain] = field(default_factory=list)
    agreement: AgreementRecord | None = None
    # Somebody who acted for it is no longer a contact; who they were may be of use (C5, A5).
    had_contacts: bool = False
    former_orcids: set[str] = field(default_factory=set)

    @property
    def keeps_itself(self) -> bool:
        """Somebody there has signed in: its contacts are its own (A3), its Main by recovery (A5)."""
        return self.had_contacts or any(map(_has_signed_in, self.contacts))

    def signed_without_id(self, entry: Entry | Person) -> bool:
        """Whether this is the person of the agreement record, who has no iD and no access."""
        return self.agreement is not None and plain_names([entry.name]) == plain_names(
            [self.agreement.name]
        )


def _has_signed_in(contact: Contact) -> bool:
    """What `with_signed_in()` annotated."""
    return bool(getattr(contact, "has_signed_in", False))


def load_houses(members: Collection[Member]) -> dict[int, House]:
    """Seven queries, however many members."""
    houses = {member.pk: House(member) for member in members}
    former = Contact.objects.filter(member__in=houses, removed_at__isnull=False)
    for contact in former.with_signed_in():
        houses[contact.member_id].former_orcids.add(contact.orcid)
        houses[contact.member_id].had_contacts |= _has_signed_in(contact)
    contacts = Contact.objects.current().filter(member__in=houses).with_signed_in()
    for contact in contacts.prefetch_related("role_assignments").order_by("pk"):
        houses[contact.member_id].contacts.append(contact)
    for invitation in Invitation.objects.open().filter(member__in=houses):
        houses[invitation.member_id].invitations.append(invitation)
    declined = Invitation.objects.filter(member__in=houses, outcome=Invitation.Status.DECLINED)
    for invitation in declined:
        houses[invitation.member_id].declined.append(invitation)
    for domain in EmailDomain.objects.filter(member__in=houses):
        houses[domain.member_id].domains.append(domain)
    for record in AgreementRecord.objects.filter(member__in=houses):
        houses[record.member_id].agreement = record
    return houses


def judge(people: Iterable[Person], houses: dict[int, House], *, is_lead: bool) -> None:
    """Say of each person whether they are there already, or what is wrong, or to be known.

    Under the members' locks this is the judgement that counts; before, it is a preview.
    """
    by_member: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        house = houses[person.member.pk]
        person.is_present = _is_present(person, house)
        if not person.is_present:
            person.errors += _objections(person, house, is_lead=is_lead)
            person.warnings += _remarks(person, house)
            by_member[person.member.pk].append(person)
    for pk, newcomers in by_member.items():
        _name_first_main([who for who in newcomers if not who.errors], houses[pk])


def _is_present(person: Person, house: House) -> bool:
    """As a contact, by iD or address; as invited; as who declined; as who signed without iD."""
    for contact in house.contacts:
        if person.orcid == contact.orcid or (
            person.email and person.email == contact.email.lower()
        ):
            _compare(person, set(map(str, contact.roles)))
            if person.orcid and person.orcid != contact.orcid:
                words = _("%(name)s is a contact there with another iD, which stays.")
                person.warnings.append(words % {"name": contact.display_name})
            return True
    for invitation in house.invitations:
        if person.email and person.email == invitation.email.lower():
            _compare(person, set(invitation.roles))
            return True
    for invitation in house.declined:
        if person.email and person.email == invitation.email.lower():
            words = _("Declined an invitation on %(day)s, and is not asked again.")
            day = date_format(invitation.closed_at, "DATE_FORMAT") if invitation.closed_at else ""
            person.warnings.append(words % {"day": day})
            return True
    return set(person.roles) == {Role.SIGNATORY} and house.signed_without_id(person)


def _compare(person: Person, held: set[str]) -> None:
    missing = [Role(role) for role in person.roles if role not in held]
    # The default of a row without roles is no statement.
    if missing and missing != [Role.OTHER]:
        words = _("Is there already without these roles, which are not changed: %(roles)s.")
        names = ", ".join(str(role.label) for role in missing)
        person.warnings.append(words % {"roles": names})


def _objections(person: Person, house: House, *, is_lead: bool) -> list[str]:
    found = []
    protected = PROTECTED_ROLES & set(map(Role, person.roles))
    if not person.email:
        found.append(_("There is no e-mail address to invite, and no contact with this iD there."))
    if is_lead and house.keeps_itself:
        found += _not_the_leads(protected, house)
    for contact in house.contacts:
        for role in protected & set(contact.roles):
            words = _("%(role)s is %(name)s there.")
            found.append(words % {"role": role.label, "name": contact.display_name})
    return found


def _not_the_leads(protected: Collection[Role], house: House) -> list[str]:
    if not house.member.lead_may_manage_contacts:
        words = _("%(member)s keeps its own contacts: somebody there has signed in.")
        return [words % {"member": house.member}]
    words = _("%(member)s gives its protected roles itself: %(roles)s.")
    roles = ", ".join(str(role.label) for role in protected)
    return [words % {"member": house.member, "roles": roles}] if protected else []


def _remarks(person: Person, house: House) -> list[str]:
    found = []
    for invitation in house.invitations:
        for role in PROTECTED_ROLES & set(map(Role, person.roles)) & set(invitation.roles):
            words = _("%(email)s is invited as %(role)s too: whoever accepts first has it.")
            found.append(words % {"email": invitation.email, "role": role.label})
    if house.domains and not any(domain.covers(person.email) for domain in house.domains):
        person.is_outside = True
        found.append(_("The address lies outside the e-mail domains of %s.") % house.member)
    return found


def _name_first_main(newcomers: list[Person], house: House) -> None:
    """R1: an invitation to a member without contacts is as Main. Among several the file says who."""
    offered = [*(who.roles for who in house.invitations), *(who.roles for who in newcomers)]
    has_main = any(Role.MAIN in roles for roles in offered)
    if house.contacts or has_main or not newcomers:
        return
    first = newcomers[0]
    if len(newcomers) == 1 and not house.invitations:
        first.wanted = {role for role in first.wanted if role != Role.OTHER} | {Role.MAIN}
        words = _("Is the only one there, and so invited as Main relationship contact.")
    else:
        words = _("The file names no Main relationship contact of %s.") % house.member
    first.warnings.append(words)
