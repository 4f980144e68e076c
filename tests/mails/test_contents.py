"""What each mail says: who, what, what to do, and why the reader gets it (C2, C3, C6, C9, H7)."""

import re

import pytest
from django.core.exceptions import ValidationError

from contacts.models import Contact, Invitation, Mail, Role, User
from contacts.services import adding, answering, editing, invitations, leaving, roles
from integrations.orcid.ids import orcid_uri
from members.actors import Actor
from members.models import Consortium, Member
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium(
        "Northern Consortium",
        helpdesk_email="help@north.example",
        reply_to_email="office@north.example",
        privacy_notice="We keep little.",
    )


@pytest.fixture
def member(consortium: Consortium) -> Member:
    return make_member("Ærø University", consortium=consortium)


@pytest.fixture
def main(member: Member) -> Contact:
    contact = make_contact(member, [Role.MAIN], given_names="Mai", family_name="Ngo")
    make_user(contact.orcid)
    return contact


def actor(contact: Contact) -> Actor:
    return Actor.contact(User.objects.get(orcid=contact.orcid))


def both(mail: Mail) -> tuple[str, str]:
    """Text and HTML as a reader sees them: spaces squeezed, tags dropped."""
    html = re.sub(r"<style>.*?</style>", "", mail.html, flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").replace("&amp;", "&")
    return " ".join(mail.text.split()), " ".join(plain.split())


def assert_says(mail: Mail, *phrases: str) -> None:
    for body in both(mail):
        for phrase in phrases:
            assert phrase in body


def invite(member: Member, main: Contact) -> Invitation:
    return invitations.invite_contact(
        member_id=member.pk, email="new@uni.example", roles=[Role.TECHNICAL], by=actor(main)
    )


def test_the_invitation_names_who_where_and_as_what(member: Member, main: Contact) -> None:
    invitation = invite(member, main)

    mail = invitation.mails.get()
    assert mail.subject == "Invitation: ORCID contact of Ærø University"
    assert (mail.to, mail.reply_to) == ("new@uni.example", "office@north.example")
    assert_says(
        mail,
        "Mai Ngo invites you to become a contact of Ærø University",
        "Technical contact",
        "Use the ORCID iD you have",
        "Register for one only if you have none.",
        f"until {invitation.expires_at:%-d} ",
        "http://testserver/invitations/",
    )


def test_c3_only_the_hash_of_the_invitations_token_is_stored(member: Member, main: Contact) -> None:
    invitation = invite(member, main)

    token = invitation.mails.get().text.split("/invitations/")[1].split("/")[0]
    assert len(token) >= 43  # 256 bits in base 64
    assert token not in str(Invitation.objects.values().get())


def test_h7_the_first_mail_says_who_gave_the_address_and_how_to_object(
    member: Member, main: Contact
) -> None:
    assert_says(
        invite(member, main).mails.get(),
        "Why you get this mail: Mai Ngo gave us your e-mail address on behalf of Ærø University.",
        "write to help@north.example",
        "Privacy notice",
    )


def test_h7_the_second_mail_to_an_address_does_not_repeat_it(member: Member, main: Contact) -> None:
    invitation = invite(member, main)

    invitations.resend_invitation(invitation_id=invitation.pk, by=actor(main))

    second = invitation.mails.order_by("pk").last()
    assert second is not None
    assert "Why you get this mail" not in second.text


def added(member: Member, main: Contact) -> Contact:
    return adding.create_contact(
        member=Member.objects.get(pk=member.pk),
        by=actor(main),
        orcid="0000-0002-1825-0097",
        email="added@uni.example",
        roles=[Role.INVOICE],
        details={"given_names": "Ad", "family_name": "Ded"},
    )


def test_c2_the_one_added_is_told_and_can_say_this_is_not_me(member: Member, main: Contact) -> None:
    contact = added(member, main)

    mail = Mail.objects.get(kind=Mail.Kind.CONTACT_ADDED)
    assert mail.to == "added@uni.example"
    assert_says(
        mail,
        "Mai Ngo has added you as a contact of Ærø University",
        f"with your ORCID iD {orcid_uri('0000-0002-1825-0097')}",
        "Invoice contact",
        "This is not me?",
        "http://testserver/not-me/",
        f"http://testserver/tools/{member.slug}/",
    )
    assert contact.email == mail.to


def test_who_added_a_person_who_says_not_me_is_told(member: Member, main: Contact) -> None:
    token = leaving.not_me_token(added(member, main))

    leaving.disown(token=token)

    mail = Mail.objects.get(kind=Mail.Kind.CONTACT_DISOWNED)
    assert mail.to == main.email
    assert_says(
        mail, "Dear Mai Ngo", f"Ad Ded ({orcid_uri('0000-0002-1825-0097')})", "has been removed"
    )


def test_a_removed_contact_is_told_by_whom(member: Member, main: Contact) -> None:
    contact = added(member, main)

    leaving.remove_contact(contact_id=contact.pk, by=actor(main))

    mail = Mail.objects.get(kind=Mail.Kind.CONTACT_REMOVED)
    assert mail.to == "added@uni.example"
    assert_says(
        mail,
        "Mai Ngo has removed you from the contacts of Ærø University",
        "Your access to its Member Tools has ended",
        "help@north.example",
    )


def test_both_are_told_when_a_role_is_handed_over(member: Member, main: Contact) -> None:
    other = make_contact(member, given_names="Otto", family_name="Ek")
    make_user(other.orcid)

    roles.hand_over(member_id=member.pk, role=Role.MAIN, to_id=other.pk, by=actor(main))

    mails = Mail.objects.filter(kind=Mail.Kind.ROLE_HANDED_OVER)
    assert {mail.to for mail in mails} == {main.email, other.email}
    role = "Main relationship contact (OFFICIAL) of Ærø University"
    assert_says(
        mails.get(to=other.email),
        f"You are now {role}. The role has passed to you from Mai Ngo.",
        "The change was made by Mai Ngo.",
        "From now on Ærø University is in your charge here. Please sign in with your ORCID iD",
    )
    theirs = mails.get(to=main.email)
    assert_says(theirs, f"You are no longer {role}: the role has passed to Otto Ek.")
    assert all("charge" not in body and "made by" not in body for body in both(theirs))


def test_r1_both_are_told_of_a_role_taken_meanwhile(member: Member, main: Contact) -> None:
    invitation = invitations.invite_contact(
        member_id=member.pk, email="v@uni.example", roles=[Role.VOTING], by=actor(main)
    )
    token = invitation.mails.get().text.split("/invitations/")[1].split("/")[0]
    roles.set_roles(
        contact_id=main.pk, version=main.version, roles=[Role.MAIN, Role.VOTING], by=actor(main)
    )

    contact = answering.accept_invitation(
        token=token, by=Actor.contact(make_user()), given_names="Vo", family_name="Ter"
    )

    assert contact.roles == [Role.OTHER]
    mails = Mail.objects.filter(kind=Mail.Kind.ROLES_LEFT_OUT)
    assert {mail.to for mail in mails} == {main.email, "v@uni.example"}
    for mail in mails:
        assert_says(mail, "Vo Ter has accepted", "Voting contact", "somebody else holds them")


def test_c6_a_new_address_is_asked_and_the_old_one_told(member: Member, main: Contact) -> None:
    old = main.email
    editing.edit_contact(
        contact_id=main.pk, version=main.version, by=actor(main), email="new@uni.example"
    )
    asked = Mail.objects.get(kind=Mail.Kind.ADDRESS_CHANGE_ASKED)
    token = asked.text.split("/contact-address/")[1].split("/")[0]

    editing.prove_address(token=token, by=actor(main))

    assert asked.to == "new@uni.example"
    assert_says(
        asked, "new e-mail address as a contact of Ærø University", "sign in with your ORCID iD"
    )
    told = Mail.objects.get(kind=Mail.Kind.ADDRESS_CHANGED)
    assert told.to == old
    assert_says(told, "is now new@uni.example", "help@north.example")


def test_c9_the_lead_is_told_when_nobody_is_in_charge(
    consortium: Consortium, member: Member, main: Contact
) -> None:
    lead = make_member("Lead Library", consortium=consortium)
    Consortium.objects.filter(pk=consortium.pk).update(lead=lead)
    lead_main = make_contact(lead, [Role.MAIN])

    leaving.leave(contact_id=main.pk, by=actor(main))

    mail = Mail.objects.get(kind=Mail.Kind.NOBODY_IN_CHARGE)
    assert mail.to == lead_main.email
    assert mail.subject == "Ærø University: nobody is in charge"
    assert_says(mail, "no Main relationship contact any more")


def test_names_in_html_are_escaped_and_in_text_are_not(member: Member, main: Contact) -> None:
    Contact.objects.filter(pk=main.pk).update(family_name="<b>O'Neill & Co</b>")

    mail = invite(member, main).mails.get()

    assert "Mai <b>O'Neill & Co</b> invites you" in mail.text
    assert "Mai &lt;b&gt;O&#x27;Neill &amp; Co&lt;/b&gt; invites you" in mail.html


def test_a_contact_without_an_address_gets_no_mail(member: Member, main: Contact) -> None:
    contact = make_contact(member, email="")

    leaving.remove_contact(contact_id=contact.pk, by=actor(main))

    assert Mail.objects.count() == 0


def test_a_dead_link_is_refused_in_words(member: Member, main: Contact) -> None:
    with pytest.raises(ValidationError, match="This link is not complete"):
        leaving.disown(token="something-else")
