"""What a member's publications desk and its researchers have done in the demo's past, each as a step
that calls a service. What is public by now waits in the outbox, and goes to the local ORCID."""

import re
from collections.abc import Callable

from django.conf import settings

from contacts.models import Mail
from integrations.orcid import connections, oauth
from integrations.works.identifiers import identifier
from integrations.works.models import MemberWork, WorksPolicy
from integrations.works.services import (
    answering,
    asking,
    keepers,
    member_works,
    researcher_works,
    works_policy,
)
from members.actors import Actor
from members.models import Member
from portal.demo import data, sandbox
from portal.demo.who import actor_of, the_member

Step = Callable[[], object]


def invite_keeper(entry: data.KeeperEntry) -> Step:
    return lambda: keepers.invite_keeper(
        member_id=_member().pk, email=_email(entry["person"]), by=_contact()
    )


def join_desk(entry: data.KeeperEntry) -> Step:
    def step() -> None:
        token = _mailed_token(Mail.Kind.KEEPER_INVITED, entry["person"])
        keepers.accept(token=token, by=actor_of(entry["person"]))

    return step


def validate_first() -> Step:
    return lambda: works_policy.set_policy(
        member_id=_member().pk,
        version=0,
        on_unpublish=WorksPolicy.OnUnpublish.KEEP,
        validate_first=True,
        by=_contact(),
    )


def ask(entry: data.ResearcherEntry) -> Step:
    return lambda: asking.ask(
        member_id=_member().pk,
        emails=[_email(entry["person"])],
        purposes=entry["purposes"],
        words=data.publications()["words"],
        language="en",
        by=_contact(),
    )


def allow(entry: data.ResearcherEntry) -> Step:
    def step() -> None:
        token = _mailed_token(Mail.Kind.PERMISSION_ASKED, entry["person"])
        by = actor_of(entry["person"])
        answering.accept(token=token, purposes=entry["purposes"], by=by)

    return step


def connect(entry: data.ResearcherEntry) -> Step:
    """With the tokens that the local ORCID has for this person, too: its people file."""

    def step() -> None:
        person = data.people()[entry["person"]]
        held = sandbox.tokens_of(person["orcid"], settings.ORCID_CLIENT_SECRET)
        connections.keep(
            oauth.Tokens(
                orcid=person["orcid"],
                name=data.public_name(person),
                scopes=list(sandbox.SCOPES),
                access_token=held["access_token"],
                refresh_token=held["refresh_token"],
                expires_in=None,
            )
        )

    return step


def add(entry: data.MemberWorkEntry) -> Step:
    """A draft, by staff or by a researcher."""

    def step() -> None:
        is_staff = not any(
            entry["by"] == one["person"] for one in data.publications()["researchers"]
        )
        service = member_works if is_staff else researcher_works
        service.add_work(member_id=_member().pk, content=_content(entry), by=actor_of(entry["by"]))

    return step


def bring_into(entry: data.MemberWorkEntry, state: MemberWork.State) -> Step:
    return lambda: member_works.set_state(
        member_id=_member().pk, work_ids=[_work(entry).pk], state=state, by=_keeper()
    )


def send_in(entry: data.MemberWorkEntry) -> Step:
    def step() -> None:
        work = _work(entry)
        researcher_works.publish(work_id=work.pk, version=work.version, by=actor_of(entry["by"]))

    return step


def _content(entry: data.MemberWorkEntry) -> dict[str, object]:
    return {
        "type": entry["type"],
        "title": entry["title"],
        "journal_title": entry.get("journal", ""),
        "published": entry.get("date", ""),
        "short_description": entry.get("description", ""),
        "identifiers": [_identifier(*given) for given in entry["ids"]],
        "contributors": [
            _contributor(who, "additional" if position else "first")
            for position, who in enumerate(entry["authors"])
        ],
    }


def _identifier(kind: str, value: str, relationship: str = "self") -> dict[str, str]:
    return identifier(kind, value, relationship)


def _contributor(who: str, sequence: str) -> dict[str, str]:
    """One of the demo's people, with their iD; or a name."""
    person = data.people().get(who)
    return {
        "name": data.public_name(person) if person else who,
        "orcid": person["orcid"] if person else "",
        "role": "author",
        "sequence": sequence,
    }


def _work(entry: data.MemberWorkEntry) -> MemberWork:
    return MemberWork.objects.get(member=_member(), title=entry["title"])


def _member() -> Member:
    return the_member(data.publications()["member"])


def _contact() -> Actor:
    return actor_of(data.publications()["by"])


def _keeper() -> Actor:
    return actor_of(data.publications()["keepers"][0]["person"])


def _email(person: str) -> str:
    return data.people()[person]["email"]


def _mailed_token(kind: Mail.Kind, person: str) -> str:
    """Of the link that was mailed to them."""
    mail = Mail.objects.filter(kind=kind, to=_email(person)).latest("pk")
    found = re.search(r"/(?:permissions|works-desk)/([\w-]+)/", mail.text)
    assert found is not None  # noqa: S101  # both mails have one
    return found[1]
