"""Calling the API as other systems do: with a token, in JSON."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from contacts.models import User
from contacts.services.tokens import make_token
from members.actors import Actor
from members.models import Consortium, Member

API = "/api/v1/"
PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """A system with a token, or (None) without one."""

    secret: str | None = None

    def get(self, path: str, **query: Any) -> Any:
        return self.send("get", path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("patch", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("put", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, **headers)

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """`headers` by name with underscores: `if_match='"1"'`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        options: dict[str, Any] = {} if method == "get" else {"content_type": "application/json"}
        address = path if path.startswith("/") else f"{API}{path}"
        return getattr(Client(), method)(address, data, headers=sent, **options)


def member_caller(user: User, member: Member, *, can_write: bool = True) -> Caller:
    return Caller(secret_for(user, member=member, can_write=can_write))


def desk_caller(user: User, consortium: Consortium, *, can_write: bool = False) -> Caller:
    return Caller(secret_for(user, consortium=consortium, can_write=can_write))


def secret_for(
    user: User,
    *,
    member: Member | None = None,
    consortium: Consortium | None = None,
    can_write: bool = True,
    days: int = 30,
) -> str:
    _token, secret = make_token(
        name="Test system",
        days=days,
        can_write=can_write,
        by=Actor.contact(user) if member else Actor.lead(user),
        member_id=member.pk if member else None,
        consortium_id=consortium.pk if consortium else None,
    )
    return secret


def assert_problem(response: Any, status: int, detail: str) -> dict[str, Any]:
    """It is the problem, in the form of RFC 9457; its body for more to look at."""
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    body: dict[str, Any] = response.json()
    assert (body["status"], body["detail"]) == (status, detail)
    return body
