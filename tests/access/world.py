"""A small world with something of everything, twice: what one sees must not be the other's."""

from dataclasses import dataclass, field

from contacts.models import AgreementRecord, Contact, DeskSeat, Invitation, LeadChange, Role, User
from contacts.services import invitations
from members.actors import Actor
from members.models import Consortium, EmailDomain, Event, Identifier, Member
from tests.factories import make_consortium, make_contact, make_member, make_user


@dataclass
class Side:
    """A member with a Main, a technical contact, and one row of each kind."""

    member: Member
    main: Contact
    contact: Contact
    invitation: Invitation
    identifier: Identifier
    lead_change: LeadChange


@dataclass
class World:
    consortium: Consortium
    ours: Side
    theirs: Side
    lead: Member
    people: dict[str, User | None] = field(default_factory=dict)

    def user(self, who: str) -> User:
        """Anybody but the anonymous one."""
        found = self.people[who]
        assert found is not None
        return found


def make_side(name: str, consortium: Consortium, ror: str) -> Side:
    member = make_member(name, consortium=consortium)
    main = make_contact(member, [Role.MAIN], given_names="Mai", family_name=f"of {name}")
    make_user(main.orcid)
    contact = make_contact(member, [Role.TECHNICAL], given_names="Tec", family_name=f"of {name}")
    make_user(contact.orcid)
    invitation = invitations.invite_contact(
        member_id=member.pk,
        email=f"invited@{member.slug}.example",
        roles=[Role.COMMS],
        by=Actor.contact(User.objects.get(orcid=main.orcid)),
    )
    identifier = Identifier.objects.create(
        member=member, scheme=Identifier.Scheme.ROR, value=ror, preferred=True
    )
    AgreementRecord.objects.create(member=member, name=f"Rector of {name}", position="Rector")
    EmailDomain.objects.create(member=member, domain=f"{member.slug}.example")
    lead_change = LeadChange.objects.create(
        member=member,
        contact=contact,
        event_id=Event.objects.filter(member=member).values_list("pk", flat=True)[0],
        made_by=User.objects.get(orcid=main.orcid),
    )
    return Side(member, main, contact, invitation, identifier, lead_change)


def make_world() -> World:
    consortium = make_consortium("World Consortium", helpdesk_email="help@world.example")
    ours = make_side("Our University", consortium, "https://ror.org/04teye511")
    theirs = make_side("Their University", consortium, "https://ror.org/02cafbr77")
    lead = make_member("Lead Library", consortium=consortium)
    consortium.lead = lead
    consortium.save()
    lead_main = make_contact(lead, [Role.MAIN])
    off_desk = make_contact(lead, [Role.TECHNICAL])
    reader = make_contact(lead, [Role.OTHER])
    DeskSeat.objects.create(consortium=consortium, contact=reader, level=DeskSeat.Level.READER)
    operator = make_user(orcid=None, email="op@portal.example", is_staff=True, is_superuser=True)
    people: dict[str, User | None] = {
        "anonymous": None,
        "stranger": make_user(),
        "contact of another member": _user(theirs.contact),
        "contact": _user(ours.contact),
        "main contact": _user(ours.main),
        "lead contact off the desk": make_user(off_desk.orcid),
        "desk reader": make_user(reader.orcid),
        "desk manager": make_user(lead_main.orcid),
        "operator": operator,
    }
    return World(consortium, ours, theirs, lead, people)


def _user(contact: Contact) -> User:
    return User.objects.get(orcid=contact.orcid)
