"""Who and what the steps of the demo are about, by the keys of its files."""

from contacts.models import Contact, User
from members.actors import Actor
from members.models import Consortium, Member
from portal.demo import data


def actor_of(person: str | None) -> Actor:
    """The contact of that key; without one, the import that brought the members."""
    if person is None:
        return Actor.importer()
    return Actor.contact(user_of(person))


def holder_of(key: str, role: str) -> Actor:
    holder = Contact.objects.current().with_role(role).get(member=the_member(key))
    return Actor.contact(User.objects.get(orcid=holder.orcid))


def user_of(person: str) -> User:
    return User.objects.get(orcid=data.people()[person]["orcid"])


def the_operator() -> User:
    return User.objects.get(email=data.demo()["operator"]["email"])


def the_consortium() -> Consortium:
    return Consortium.objects.get(slug=data.demo()["consortium"]["slug"])


def the_member(key: str) -> Member:
    entry = next(entry for entry in data.demo()["members"] if entry["key"] == key)
    return Member.objects.get(legal_name=entry["legal_name"])


def the_contact(key: str, person: str) -> Contact:
    orcid = data.people()[person]["orcid"]
    return Contact.objects.current().get(member=the_member(key), orcid=orcid)
