"""Whom a person has given access to the record, and taking it back."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from integrations.sandbox import scopes
from integrations.sandbox.models import Client, InstitutionalAccount, Person, Token
from integrations.sandbox.scopes import Scope
from integrations.sandbox.web.session import signed_in_only

DONE = {
    "revoked": "The organisation has no access any more. What it has added to your record stays.",
    "unlinked": "That account does not open your record any more.",
}


@dataclass(frozen=True)
class Trusted:
    """An organisation that can act on the record, with all that its tokens allow together."""

    client: Client
    permissions: list[str]
    since: dt.datetime


@require_safe
@signed_in_only
def trusted_parties(request: HttpRequest, person: Person) -> HttpResponse:
    context = {
        "trusted": trusted(person),
        "accounts": InstitutionalAccount.objects.filter(person=person).select_related(
            "institution"
        ),
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "sandbox/trusted.html", context)


@require_POST
@signed_in_only
@transaction.atomic
def revoke(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    client = get_object_or_404(Client, pk=pk)
    for token in Token.objects.filter(person=person, client=client):
        token.disable(Token.Reason.USER_REVOKED)
    return HttpResponseRedirect("/trusted-parties?done=revoked")


def trusted(person: Person) -> list[Trusted]:
    """By name; tokens that are over or were disabled do not count."""
    live: dict[Client, list[Token]] = {}
    tokens = Token.objects.filter(person=person).select_related("client")
    for token in tokens.order_by("client__name", "client__client_id", "created_at"):
        if token.is_live:
            live.setdefault(token.client, []).append(token)
    return [
        Trusted(
            client=client,
            permissions=scopes.permissions(
                Scope(name) for token in tokens_of_client for name in token.scopes
            ),
            since=tokens_of_client[0].created_at,
        )
        for client, tokens_of_client in live.items()
    ]
