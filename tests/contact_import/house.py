"""A consortium that switches over: a lead with its desk, two members without contacts, a file."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import ContactImport, Invitation, User
from contacts.services.imports.applying import bring_in
from contacts.services.imports.plan import Plan, plan_contacts
from members.actors import Actor
from members.models import Consortium, Identifier, Member
from tests.factories import make_member
from tests.lead.desk import Desk, client_of, make_desk

DATA = Path(__file__).parent.parent / "data" / "contacts"


@dataclass
class Switch:
    """`client` is signed in as the lead's Main, a manager of the desk."""

    desk: Desk
    alpha: Member
    beta: Member
    manager: User
    client: Client = field(default_factory=Client)

    @property
    def consortium(self) -> Consortium:
        return self.desk.consortium

    @property
    def by(self) -> Actor:
        return Actor.lead(self.manager)

    def url(self, rest: str = "") -> str:
        return f"/lead/{self.consortium.slug}/import-contacts/{rest}"

    def plan(self, content: str | bytes, *, is_lead: bool = True) -> Plan:
        encoded = content.encode() if isinstance(content, str) else content
        return plan_contacts(io.BytesIO(encoded), self.consortium, is_lead=is_lead)

    def bring_in(self, content: str | bytes, *, look_up: bool = False) -> ContactImport:
        plan = self.plan(content)
        return bring_in(plan=plan, file_name="ours.csv", by=self.by, look_up=look_up)

    def upload(self, content: str | bytes, **fields: Any) -> Any:
        encoded = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile("ours.csv", encoded)
        return self.client.post(self.url(), {"file": file, **fields}, follow=True)


def make_switch() -> Switch:
    desk = make_desk()
    alpha = make_member("Alpha University", desk.consortium)
    Identifier.objects.create(
        member=alpha, scheme="ror", value="https://ror.org/04teye511", preferred=True
    )
    beta = make_member("Universität Beta", desk.consortium)
    manager = User.objects.get(orcid=desk.main.orcid)
    return Switch(desk, alpha, beta, manager, client_of(manager))


def csv(*rows: str, header: str = "Member,Name,Email,Role") -> str:
    return "\n".join([header, *rows])


def invited() -> dict[str, list[str]]:
    """Roles by address, of everybody invited."""
    return dict(Invitation.objects.order_by("pk").values_list("email", "roles"))


def said(plan: Plan) -> list[tuple[int, str]]:
    return [(problem.row, problem.message) for problem in plan.errors]


def noted(plan: Plan) -> list[tuple[int, str]]:
    return [(problem.row, problem.message) for problem in plan.warnings]
