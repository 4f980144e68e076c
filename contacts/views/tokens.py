"""API tokens of a member, and of a consortium's desk: made, shown once, listed, revoked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from contacts.forms.tokens import TokenForm
from contacts.http import enter_desk
from contacts.models import ApiToken, Contact
from contacts.proof import proved_recently
from contacts.services import tokens as service
from contacts.views._shared import Tools, enter_to_edit, refused, sent
from members.actors import Actor
from members.paging import paginate

TOKENS_ON_A_PAGE = 25


@dataclass(frozen=True)
class Row:
    token: ApiToken
    made_by: str
    can_revoke: bool


@dataclass(frozen=True)
class Place:
    """Where the tokens belong: what the pages of members and of desks differ in."""

    request: HttpRequest
    by: Actor
    template: str
    context: dict[str, Any]
    tokens: QuerySet[ApiToken]
    # Whose contacts make them: many names are known there and not public at ORCID.
    people_of: int | None
    may_write: bool
    make: Callable[..., tuple[ApiToken, str]]
    may_revoke: Callable[[ApiToken], bool]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(_at_member(_enter(request, slug)))


@require_POST
def token_revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    tools = _enter(request, slug)
    _revoke(_at_member(tools), pk)
    return tools.to("tokens")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def desk_tokens(request: HttpRequest, consortium: str) -> HttpResponse:
    return _page(_at_desk(request, consortium))


@require_POST
def desk_token_revoke(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    _revoke(_at_desk(request, consortium), pk)
    return redirect("lead:tokens", consortium)


def _enter(request: HttpRequest, slug: str) -> Tools:
    """For the member's own people: the lead, where it may manage contacts, has a desk for this."""
    tools = enter_to_edit(request, slug)
    if tools.standing.contact is None:
        raise PermissionDenied
    return tools


def _at_member(tools: Tools) -> Place:
    pk = tools.member.pk
    return Place(
        request=tools.request,
        by=tools.by,
        template="contacts/tokens.html",
        context={"member": tools.member},
        tokens=ApiToken.objects.filter(member=pk),
        people_of=pk,
        may_write=True,
        make=lambda **given: service.make_token(member_id=pk, **given),
        may_revoke=service.revoker(tools.by, member=tools.member),
    )


def _at_desk(request: HttpRequest, slug: str) -> Place:
    desk = enter_desk(request, slug)
    pk = desk.consortium.pk
    return Place(
        request=request,
        by=desk.by,
        template="lead/tokens.html",
        context={"consortium": desk.consortium},
        tokens=ApiToken.objects.filter(consortium=pk),
        people_of=desk.consortium.lead_id,
        may_write=desk.can_manage,
        make=lambda **given: service.make_token(consortium_id=pk, **given),
        may_revoke=service.revoker(desk.by, consortium_id=pk),
    )


def _page(place: Place) -> HttpResponse:
    """The list, the form and, once, the token that was just made."""
    form = TokenForm(sent(place.request), may_write=place.may_write)
    made: dict[str, Any] = {}
    # A token outlives the session: whoever makes one has just proved that it is they.
    is_fresh = proved_recently(place.request)
    if form.is_bound and not is_fresh:
        messages.error(place.request, _("No token was made. Please confirm first that it is you."))
    elif form.is_valid():
        made = _make(place, form)
    rows = place.tokens.select_related("user")
    in_order = rows.order_by(F("revoked_at").desc(nulls_first=True), "-pk")
    page = paginate(in_order, place.request.GET.get("page"), size=TOKENS_ON_A_PAGE)
    context = {**place.context, "page": page, "form": form, "is_fresh": is_fresh}
    context["rows"] = _rows(place, page.items)
    return render(place.request, place.template, context | made)


def _rows(place: Place, tokens: list[ApiToken]) -> list[Row]:
    makers = [token.user.orcid for token in tokens if token.user.orcid]
    known = Contact.objects.filter(member=place.people_of, orcid__in=makers).order_by("pk")
    # An iD in the place of a name is shown as an iD.
    names = {one.orcid: one.display_name for one in known if one.display_name != one.orcid}
    return [
        Row(
            token,
            names.get(token.user.orcid or "") or token.user.name,
            place.may_revoke(token),
        )
        for token in tokens
    ]


def _make(place: Place, form: TokenForm) -> dict[str, Any]:
    given = form.cleaned_data
    try:
        token, secret = place.make(
            name=given["name"], days=given["days"], can_write=form.can_write, by=place.by
        )
    except ValidationError as error:
        return refused(form, error)
    return {"made": token, "secret": secret, "form": TokenForm(may_write=place.may_write)}


def _revoke(place: Place, pk: int) -> None:
    token = get_object_or_404(place.tokens, pk=pk)
    service.revoke_token(token_id=token.pk, by=place.by)
    text = _("The token “%(name)s” is revoked: it no longer opens anything.")
    messages.success(place.request, text % {"name": token.name})
