"""The account, and how its person signs in."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.elsewhere.services import service_name
from contacts.held import Column, Section, as_long_as_account, column, kept, lasting
from contacts.models import AssertedAffiliation, DeskVisit, Profile, User
from integrations.orcid.models import Connection

_OWN = "contacts.User."


def offer(user: User) -> Iterator[Section]:
    yield _account(user)
    yield _profile(user)
    yield _addresses(user)
    yield _sign_ins(user)
    yield _factors(user)
    yield _sessions(user)
    yield _affiliations(user)
    yield _connections(user)
    yield _visits(user)


def _account(user: User) -> Section:
    return Section(
        key="account",
        title=_("Your account"),
        source=_(
            "From ORCID, or whoever you sign in through, each time you do; the rest from you."
        ),
        why=_("So that you can sign in, and others see who did what."),
        until=as_long_as_account(),
        seen_by=_("You and the operator. Your name, where you act: those who act there with you."),
        columns=[
            column("username", _("Number of the account")),
            column("orcid", _("ORCID iD")),
            column("name", _("Name, as your sign-in says it")),
            column("known_as", _("Name that you chose")),
            column("first_name", _("Given name")),
            column("last_name", _("Family name")),
            column("email", _("E-mail")),
            Column("picture", _("Picture"), _picture),
            column("language", _("Language")),
            column("time_zone", _("Time zone")),
            column("date_joined", _("Since")),
            column("last_login", _("Last sign-in")),
            column("is_staff", _("Operator")),
            Column(
                "groups",
                _("Groups of operators"),
                lambda row: [group.name for group in row.groups.all()],
            ),
        ],
        rows=User.objects.filter(pk=user.pk).prefetch_related("groups"),
        covers=frozenset(
            {_OWN + name for name in ("orcid", "name", "known_as", "first_name", "last_name")}
            | {_OWN + "email", "contacts.User_groups.user", "contacts.User_user_permissions.user"}
        ),
        change=(reverse("profile"), _("Change your profile")),
    )


def _picture(user: User) -> str | None:
    """Where the person gets it; the name of its file says nothing to anybody."""
    return f"{settings.SITE_URL}{reverse('profile_picture')}" if user.picture else None


def _profile(user: User) -> Section:
    return Section(
        key="profile",
        title=_("Your profile"),
        source=_("From you."),
        why=_("To show who you are, where you have switched that on."),
        until=as_long_as_account(),
        seen_by=_("You and the operator; everybody, once you have switched it on."),
        columns=[
            column("other_names", _("Other names")),
            column("title", _("Title or position")),
            column("field", _("Field"), "field_name"),
            column("biography", _("Biography")),
            column("links", _("Links")),
            column("is_public", _("Public")),
            column("for_search_engines", _("Search engines may list it")),
            column("operator_note", _("The operator’s note")),
            column("updated_at", _("Changed")),
        ],
        rows=Profile.objects.filter(user=user),
        covers=frozenset(
            {"contacts.Profile.user", "contacts.Profile.other_names"}
            | {"contacts.Profile.operator_note"}
        ),
        change=(reverse("profile"), _("Change your profile")),
    )


def _addresses(user: User) -> Section:
    return Section(
        key="addresses",
        title=_("E-mail addresses"),
        source=_("From you; from your institution, when you first signed in through it."),
        why=_("To write to you about your account, and so that others find your iD by an address."),
        until=as_long_as_account(),
        seen_by=_("You and the operator. Contacts of members who look up that very address."),
        columns=[
            column("email", _("E-mail")),
            column("verified", _("Proved")),
            column("primary", _("Main address")),
        ],
        rows=EmailAddress.objects.filter(user=user).order_by("pk"),
        covers=frozenset({"account.EmailAddress.user", "account.EmailAddress.email"}),
        change=(reverse("account_email"), _("Change your addresses")),
    )


def _sign_ins(user: User) -> Section:
    return Section(
        key="sign_ins",
        title=_("Ways to sign in"),
        source=_("From the service itself, when you sign in by it."),
        why=_("To know you again."),
        until=as_long_as_account(),
        seen_by=_("You and the operator."),
        columns=[
            Column("service", _("Service"), lambda row: service_name(row.provider)),
            column("uid", _("Known there as")),
            column("extra_data", _("What it told us")),
            column("date_joined", _("Since")),
            column("last_login", _("Last sign-in")),
        ],
        rows=SocialAccount.objects.filter(user=user).order_by("pk"),
        covers=frozenset({"socialaccount.SocialAccount.user", "socialaccount.SocialAccount.uid"}),
        change=(reverse("accounts"), _("Connected accounts")),
    )


def _factors(user: User) -> Section:
    return Section(
        key="second_factor",
        title=_("Second factor"),
        source=_("From you. The secrets themselves are kept encrypted, and shown to nobody."),
        why=_("So that nobody else signs in as you."),
        until=as_long_as_account(),
        seen_by=_("You alone."),
        columns=[
            column("type", _("Kind"), "get_type_display"),
            column("created_at", _("Since")),
            column("last_used_at", _("Last used")),
        ],
        rows=Authenticator.objects.filter(user=user).defer("data").order_by("pk"),
        covers=frozenset({"mfa.Authenticator.user"}),
        change=(reverse("mfa_index"), _("Second factor")),
    )


def _sessions(user: User) -> Section:
    return Section(
        key="sessions",
        title=_("Sessions"),
        source=_("From your browser, when you sign in."),
        why=_("So that you see where you are signed in, and can end it."),
        until=_("Until the session ends, at most %(span)s; then at most a day.")
        % {"span": lasting(settings.SESSION_COOKIE_AGE)},
        seen_by=_("You alone."),
        columns=[
            column("ip", _("Network address")),
            column("user_agent", _("Browser")),
            column("created_at", _("Since")),
            column("last_seen_at", _("Last seen")),
        ],
        rows=UserSession.objects.filter(user=user).order_by("pk"),
        covers=frozenset({"usersessions.UserSession.user", "usersessions.UserSession.ip"}),
        change=(reverse("usersessions_list"), _("End sessions")),
    )


def _affiliations(user: User) -> Section:
    return Section(
        key="said_by_institutions",
        title=_("What your institution’s sign-in says"),
        source=_("From the institution, when you sign in through it."),
        why=_("So that permissions end when you are no longer with it."),
        until=_("Until it says otherwise, and %(span)s more; at most as long as your account.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_("You and the operator."),
        columns=[
            column("institution", _("Institution"), "member.display_name"),
            column("values", _("In its words")),
            column("since", _("Since")),
            column("last_said_at", _("Last said")),
            column("until", _("Until")),
        ],
        rows=AssertedAffiliation.objects.filter(person=user).select_related("member"),
        covers=frozenset({"contacts.AssertedAffiliation.person"}),
    )


def _connections(user: User) -> Section:
    return Section(
        key="connection",
        title=_("Connection to ORCID"),
        source=_("From ORCID, when you connected. The tokens are kept encrypted, shown to nobody."),
        why=_("To read your works, and to write what you let institutions write."),
        until=_("Until you disconnect, and %(span)s more; at most as long as your account.")
        % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")},
        seen_by=_("You and the operator. Institutions you permit: that it is there."),
        columns=[
            column("orcid", _("ORCID iD")),
            column("name", _("Name at ORCID")),
            column("state", _("State"), "get_state_display"),
            column("scopes", _("What you allowed")),
            column("connected_at", _("Since")),
            column("state_changed_at", _("Last change")),
        ],
        rows=Connection.objects.of(user.orcid).defer(
            "access_token", "refresh_token", "webhook_key"
        ),
        covers=frozenset(
            {"orcid.Connection.orcid", "orcid.Connection.name", "orcid.UnwantedToken.connection"}
        ),
        change=(reverse("accounts"), _("Connect or disconnect")),
    )


def _visits(user: User) -> Section:
    return Section(
        key="visits",
        title=_("Visits to a lead’s workspace"),
        source=_("From your visits."),
        why=_("To show you what has changed since the last one."),
        until=as_long_as_account(),
        seen_by=_("You alone."),
        columns=[
            column("consortium", _("Consortium"), "consortium.name"),
            column("latest", _("Last visit")),
            column("before", _("The visit before")),
        ],
        rows=DeskVisit.objects.filter(user=user).select_related("consortium").order_by("pk"),
        covers=frozenset({"contacts.DeskVisit.user"}),
    )
