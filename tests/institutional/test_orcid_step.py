"""The step after the first sign-in: the person proves an iD at ORCID, and has it from then on."""

import datetime
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from contacts.models import Mail, Role, User
from integrations.orcid.models import Connection, UnwantedToken
from tests.accounts.steps import proved
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, sign_in

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
CONNECT = "/me/accounts/orcid/connect/"


@pytest.fixture
def newcomer(client: Client) -> User:
    """Signed in through an institution a moment ago, without an iD."""
    user = make_user(orcid=None, name="Sofia at the university")
    SocialAccount.objects.create(user=user, provider="institution-north", uid="sub-sofia")
    client.force_login(user, backend=BACKEND)
    proved(client)
    return user


def prove(client: Client, orcid: str, **form: str) -> str:
    """Go to ORCID and back; where the portal leads then."""
    url = client.post(CONNECT, form).headers["Location"]
    return str(client.get(at_orcid(url, orcid)).headers["Location"])


def test_the_step_says_why_and_can_be_left_out(newcomer: User, client: Client) -> None:
    page = client.get("/me/accounts/orcid/first/", {"next": "/me/"}).content.decode()

    assert "One more step: your ORCID iD" in page
    assert '<input type="hidden" name="next" value="/me/">' in page
    assert '<a class="btn btn-quiet" href="/me/">Not now</a>' in page


def test_the_step_leads_nowhere_else(newcomer: User, client: Client) -> None:
    page = client.get("/me/accounts/orcid/first/", {"next": "//evil.example"}).content.decode()

    assert "evil.example" not in page


def test_session_that_was_left_open_gets_no_id(newcomer: User) -> None:
    """An iD is for good: whoever sits down at the computer would have the account for ever."""
    newcomer.date_joined -= datetime.timedelta(hours=1)
    newcomer.save()
    client = Client()
    client.force_login(newcomer, backend=BACKEND)

    answer = client.post(CONNECT)

    assert answer.headers["Location"].startswith("/me/accounts/confirm/?next=")


def test_c4_proved_id_is_theirs_with_all_it_opens(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    person = orcid.add_person(given_names="Sofia", family_name="Garcia")
    member = make_member("College of the East", make_consortium())
    make_contact(member, [Role.MAIN], orcid=person)
    before = client.session.session_key

    target = prove(client, person, next="/tools/")

    newcomer.refresh_from_db()
    assert (target, newcomer.orcid, newcomer.name) == ("/tools/", person, "Sofia Garcia")
    assert Connection.objects.get().orcid == person
    assert client.session.session_key != before
    assert client.get(f"/tools/{member.slug}/").status_code == 200


def test_its_owner_is_told_where_they_are_a_contact_too(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    """On a shared computer it may have been another's account that they were led to connect."""
    person = orcid.add_person()
    EmailAddress.objects.create(user=newcomer, email="me@home.example", verified=True)
    for address in ("rita@east.example", "Rita@East.example"):
        make_contact(make_member(), orcid=person, email=address)

    prove(client, person)

    told = Mail.objects.filter(kind=Mail.Kind.SIGN_IN_CHANGED).order_by("pk")
    assert [mail.to for mail in told] == ["me@home.example", "rita@east.example"]


def test_a_name_at_orcid_is_one_line_without_tricks(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    person = orcid.add_person(given_names="Sofia\u202e", family_name="Garcia")
    other = orcid.add_person(given_names="Ada\u202e", family_name="Lovelace")

    prove(client, person)
    sign_in(Client(), other)

    assert sorted(User.objects.values_list("name", flat=True)) == ["Ada Lovelace", "Sofia Garcia"]


def test_from_then_on_both_ways_lead_to_the_one_account(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    person = orcid.add_person()
    prove(client, person)
    other_browser = Client()

    sign_in(other_browser, person)

    assert other_browser.session["_auth_user_id"] == str(newcomer.pk)
    providers = SocialAccount.objects.filter(user=newcomer).values_list("provider", flat=True)
    assert sorted(providers) == ["institution-north", "orcid"]


def test_id_of_another_account_is_refused_with_an_explanation(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    person = orcid.add_person()
    owner = make_user(orcid=person, name="Its owner")

    page = client.get(prove(client, person)).content.decode()

    newcomer.refresh_from_db()
    assert "belongs to another account here" in page
    assert (newcomer.orcid, owner.orcid) == (None, person)
    assert (Connection.objects.count(), SocialAccount.objects.count()) == (0, 1)
    # What ORCID gave was revoked.
    assert UnwantedToken.objects.count() == 0


def test_id_that_a_known_record_has_moved_to_is_its_owners(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    old = orcid.add_person(given_names="Ada", family_name="Moved")
    owner = make_user(orcid=old, name="Ada Moved")
    new = orcid.add_person(given_names="Ada", family_name="Moved")
    orcid.set_status(old, "moved", moved_to=new)

    prove(client, new)

    newcomer.refresh_from_db()
    owner.refresh_from_db()
    assert (newcomer.orcid, owner.orcid) == (None, new)


def test_an_id_cannot_be_exchanged_for_another(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    first, second = orcid.add_person(), orcid.add_person()
    prove(client, first)

    page = client.get(prove(client, second)).content.decode()

    newcomer.refresh_from_db()
    assert newcomer.orcid == first
    assert "Not connected: that was another iD" in page


def test_saying_no_at_orcid_leaves_the_account_as_it_is(
    orcid: SandboxServer, newcomer: User, client: Client
) -> None:
    url = client.post(CONNECT).headers["Location"]

    client.get(at_orcid(url, orcid.add_person(), deny=True))

    newcomer.refresh_from_db()
    assert newcomer.orcid is None


def test_operators_account_gets_none(orcid: SandboxServer, newcomer: User, client: Client) -> None:
    User.objects.update(is_staff=True)

    answer = client.post(CONNECT)

    assert "you signed in without ORCID" in client.get(answer.headers["Location"]).content.decode()


def test_publications_lead_those_who_lack_it_to_the_step_and_back(
    newcomer: User, client: Client
) -> None:
    page = client.get("/me/publications/").content.decode()

    assert 'href="/me/accounts/orcid/first/?next=%2Fme%2Fpublications%2F"' in page
    # said of operators
    assert "You signed in with a password" not in page


@pytest.mark.parametrize("page", ["/tools/", "/me/permissions/", "/me/permissions/east/"])
def test_pages_that_need_an_id_lead_to_the_step_and_back(
    newcomer: User, client: Client, page: str
) -> None:
    make_member("East", make_consortium())

    told = client.get(page).content.decode()

    assert f'href="/me/accounts/orcid/first/?next={quote(page, safe="")}"' in told
    # said of operators; a sign-in with ORCID instead would make another account
    assert "with a password" not in told
    assert "sign in with ORCID." not in told
