"""What this room holds of a person (`contacts.held`)."""

from collections.abc import Iterator

from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.held import Section, as_long_as_account, column, kept, proved_addresses
from contacts.models import User
from integrations.works.models import Authorship, Grant, Keeper, PermissionRequest, Pull, Work

DEEDS = ["works.PermissionRequest.sent_by", "works.MemberWork.added_by", "works.Keeper.added_by"]


def offer(user: User) -> Iterator[Section]:
    addresses = proved_addresses(user)
    yield _works(user)
    yield _reading(user)
    yield _grants(user)
    yield _requests(user, addresses)
    yield _authorships(user)
    yield _places(user, addresses)


def _works(user: User) -> Section:
    return Section(
        key="works",
        title=_("Your publications"),
        source=_("From your ORCID record, from files you brought in, or typed by you."),
        why=_("So that you can look after them in one place."),
        until=as_long_as_account(),
        seen_by=_(
            "You. Those that everyone may see at ORCID: institutions that you let add or draft them."
        ),
        columns=[
            column("title", _("Title")),
            column("subtitle", _("Subtitle")),
            column("translated_title", _("Translated title")),
            column("type", _("Type")),
            column("journal_title", _("Journal")),
            column("published", _("Date")),
            column("short_description", _("Description")),
            column("url", _("Link")),
            column("language_code", _("Language")),
            column("country", _("Country")),
            column("citation_type", _("Kind of citation")),
            column("citation_value", _("Citation")),
            column("identifiers", _("Identifiers")),
            column("contributors", _("People")),
            column("origin", _("Where it comes from"), "get_origin_display"),
            column("source_name", _("Source at ORCID")),
            column("put_code", _("Number at ORCID")),
            column("visibility", _("Who sees it at ORCID"), "get_visibility_display"),
            column("edited_fields", _("Changed by you")),
            column("hidden_at", _("Hidden since")),
            column("created_at", _("Here since")),
            column("updated_at", _("Last change")),
        ],
        rows=Work.objects.filter(person=user).defer("search_key", "sort_key").order_by("pk"),
        covers=frozenset({"works.Work.person", "works.Work.contributors"}),
        change=(reverse("works:publications"), _("My publications")),
    )


def _reading(user: User) -> Section:
    own = Pull.objects.filter(connection__orcid=user.orcid) if user.orcid else Pull.objects.none()
    return Section(
        key="reading",
        title=_("Reading of your ORCID record"),
        source=_("From this portal, each time it reads or asks."),
        why=_("So that what has not changed is not read again."),
        until=_("As long as the connection is known."),
        seen_by=_("You and the operator."),
        columns=[
            column("pulled_at", _("Works last read")),
            column("looked_at", _("Last looked whether something changed")),
        ],
        rows=own.order_by("pk"),
        covers=frozenset({"works.Pull.connection"}),
        change=(reverse("works:publications"), _("My publications")),
    )


def _grants(user: User) -> Section:
    return Section(
        key="permissions",
        title=_("Permissions you gave to institutions"),
        source=_("From you."),
        why=_("So that an institution reads and writes only what you let it."),
        until=_("%(span)s after they ended; at most as long as your account.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_(
            "You, contacts of that institution, the lead of its consortium, and the operator; that "
            "staff may add your works: its publications desk, too."
        ),
        columns=[
            column("institution", _("Institution"), "member.display_name"),
            column("purpose", _("For what"), "in_own_words"),
            column("given_at", _("Given")),
            column("was_asked", _("Asked for by the institution")),
            column("ended_at", _("Ended")),
            column("ended_by", _("By whom"), "get_ended_by_display"),
        ],
        rows=Grant.objects.filter(person=user).select_related("member").order_by("pk"),
        covers=frozenset({"works.Grant.person"}),
        change=(reverse("permissions:list"), _("Your permissions")),
    )


def _requests(user: User, addresses: list[str]) -> Section:
    asked = PermissionRequest.objects.annotate(low=Lower("email")).defer("token_hash")
    return Section(
        key="permission_requests",
        title=_("Institutions that asked for permission"),
        source=_("From a contact of the institution, who had your address."),
        why=_("So that you can answer, and are not asked twice."),
        until=_("%(span)s after it was answered, withdrawn, or expired.")
        % {"span": kept("RETAIN_DEAD_INVITATIONS_DAYS")},
        seen_by=_("Contacts of that institution, and the operator."),
        columns=[
            column("institution", _("Institution"), "member.display_name"),
            column("email", _("E-mail")),
            column("purposes", _("For what"), "purposes_in_own_words"),
            column("words", _("In its words")),
            column("status", _("State"), "status.label"),
            column("sent_at", _("Sent")),
            column("closed_at", _("Answered")),
        ],
        rows=asked.filter(Q(person=user) | Q(person=None, low__in=addresses))
        .select_related("member")
        .order_by("pk"),
        covers=frozenset({"works.PermissionRequest.person", "works.PermissionRequest.email"}),
        change=(reverse("permissions:list"), _("Your permissions")),
    )


def _authorships(user: User) -> Section:
    return Section(
        key="institution_works",
        title=_("Institutions’ publications that name you"),
        source=_("From the institution, or from works you let it have."),
        why=_(
            "So that an institution knows who wrote its publications, and can offer them to you."
        ),
        until=_(
            "They are the institution’s, and stay; that they are yours goes with your account."
        ),
        seen_by=_("Those who keep the institution’s works; public ones, whoever it shows them."),
        columns=[
            column("institution", _("Institution"), "work.member.display_name"),
            column("title", _("Title"), "work.title"),
            column("state", _("State"), "work.get_state_display"),
        ],
        rows=Authorship.objects.filter(person=user)
        .select_related("work__member")
        .defer("work__search_key")
        .order_by("pk"),
        covers=frozenset(
            {"works.Authorship.person", "works.MemberWork.people", "works.MemberWork.contributors"}
        ),
    )


def _places(user: User, addresses: list[str]) -> Section:
    named = Keeper.objects.annotate(low=Lower("email")).defer("token_hash")
    own = Q(orcid=user.orcid) if user.orcid else Q(pk=None)
    return Section(
        key="publications_desks",
        title=_("Places on publications desks"),
        source=_("From a contact of the institution, and from you when you accepted."),
        why=_("So that you can keep the institution’s works."),
        until=_("While you have the place, and %(span)s more.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_("Contacts of that institution, and the operator."),
        columns=[
            column("institution", _("Institution"), "member.display_name"),
            column("name", _("Name")),
            column("email", _("E-mail")),
            column("orcid", _("ORCID iD")),
            column("added_at", _("Since")),
            column("removed_at", _("Until")),
        ],
        rows=named.filter(own | Q(orcid="", low__in=addresses))
        .select_related("member")
        .order_by("pk"),
        covers=frozenset({"works.Keeper.orcid", "works.Keeper.name", "works.Keeper.email"}),
    )
