"""A consortium of the size that the targets speak of. Made once, kept for the next run."""

import itertools
from collections.abc import Iterator

from contacts.models import Contact, DeskSeat, Role, RoleAssignment, User
from integrations.orcid.ids import check_character
from members import text
from members.models import Consortium, Member, Membership

_GIVEN = [
    "Åse",
    "Tomáš",
    "Lucía",
    "François",
    "Guðrún",
    "Małgorzata",
    "Jüri",
    "Aoife",
    "Wei",
    "Ida",
]
_FAMILY = [
    "Lindqvist",
    "Dvořák",
    "Peña",
    "Lefèvre",
    "Þórsdóttir",
    "Wiśniewska",
    "Mägi",
    "Walsh",
    "Zhang",
    "Øst",
    "Berg",
    "Haugen",
    "Benali",
    "Öberg",
    "Puig",
    "Moe",
    "Žiak",
    "Kjær",
]


def consortium(*, members: int, contacts: int) -> Consortium:
    """The consortium of that size; one of another size is another consortium."""
    slug = f"bench-{members}-{contacts}"
    found = Consortium.objects.filter(slug=slug).first()
    return found or _make(slug, members, contacts)


def reader(of: Consortium) -> User:
    """A person on its lead desk."""
    seat = DeskSeat.objects.select_related("contact").get(consortium=of)
    return User.objects.get(orcid=seat.contact.orcid)


def _make(slug: str, members: int, contacts: int) -> Consortium:
    made = Consortium(name=f"{members} members, {contacts} contacts", slug=slug)
    rows = Member.objects.bulk_create(_members(slug, members), batch_size=1000)
    made.lead = rows[0]
    made.save()
    Membership.objects.bulk_create(Membership(member=row, consortium=made) for row in rows)
    # As many of them have signed in as there are members: the first contact of each.
    people = Contact.objects.bulk_create(_contacts(rows, contacts), batch_size=5000)
    User.objects.bulk_create(
        User(orcid=person.orcid, name=person.display_name) for person in people[:members]
    )
    RoleAssignment.objects.bulk_create(_roles(people, members), batch_size=5000)
    DeskSeat.objects.create(consortium=made, contact=people[0], level=DeskSeat.Level.READER)
    return made


def _members(slug: str, number: int) -> Iterator[Member]:
    for index in range(number):
        name = f"Université de Ville-{index:05d}"
        yield Member(
            slug=f"{slug}-{index}",
            legal_name=name,
            display_name=name,
            sort_key=text.sort_key(name),
            search_key=text.search_key(f"{name} {name}"),
            community=Member.Community.RESEARCH,
            country="FR",
        )


def _contacts(members: list[Member], number: int) -> Iterator[Contact]:
    taken = Contact.objects.count()
    names = itertools.cycle(itertools.product(_FAMILY, _GIVEN))
    for index, (family, given) in zip(range(number), names, strict=False):
        contact = Contact(
            member=members[index % len(members)],
            orcid=_orcid(taken + index),
            given_names=given,
            family_name=f"{family}-{index}",
            email=f"person{index}@ville-{index % len(members)}.example",
        )
        contact.sort_key = text.sort_key(f"{contact.family_name} {given}")
        contact.search_key = text.search_key(
            f"{contact.display_name} {contact.email} {contact.orcid}"
        )
        yield contact


def _roles(contacts: list[Contact], members: int) -> Iterator[RoleAssignment]:
    others = itertools.cycle([Role.TECHNICAL, Role.INVOICE, Role.COMMS, Role.OTHER])
    for index, (contact, other) in enumerate(zip(contacts, others, strict=False)):
        role = Role.MAIN if index < members else other
        yield RoleAssignment(member_id=contact.member_id, contact=contact, role=role)


def _orcid(number: int) -> str:
    digits = f"000900{number:09d}"
    whole = digits + check_character(digits)
    return "-".join(whole[start : start + 4] for start in range(0, 16, 4))
