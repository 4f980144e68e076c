"""What the API says of people, and what it takes. Never public (A6)."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contacts.models import PROTECTED_ROLES, Contact, Invitation, Role
from contacts.services.finding import Finding, Outcome
from integrations.orcid.ids import orcid_uri
from members.models import Member
from members.serializers import LAST_KEY, MAY_BE_EMPTY, StrictSerializer


class OrcidField(serializers.CharField):
    """Shown as its https address, as ORCID's display rules ask; never written (C4)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, help_text="The address of the ORCID record.", **kwargs)

    def to_representation(self, value: str) -> str:
        return orcid_uri(value) if value else ""


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """`authenticated`: whether the owner of the iD has signed in here (C4). `votes`: whether this is
    the effective voting contact, who holds the role or, where nobody does, is the Main (R4)."""

    member: serializers.SlugRelatedField[Member] = serializers.SlugRelatedField(
        "slug", read_only=True
    )
    member_id = serializers.IntegerField(read_only=True)
    display_name = serializers.CharField(read_only=True)
    email = serializers.CharField(read_only=True, help_text=MAY_BE_EMPTY)
    pending_email = serializers.CharField(
        read_only=True, help_text="A new address that its owner has not proved yet; may be empty."
    )
    orcid = OrcidField()
    authenticated = serializers.BooleanField(source="has_signed_in", read_only=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), read_only=True)
    votes = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField(help_text="The contact's page in Member Tools.")

    class Meta:
        model = Contact
        fields = [
            "id",
            "member",
            "member_id",
            "version",
            "display_name",
            "given_names",
            "family_name",
            "job_title",
            "email",
            "pending_email",
            "phone",
            "orcid",
            "authenticated",
            "roles",
            "votes",
            "outside_domains",
            "record_state",
            "wants_events",
            "wants_newsletters",
            "created_at",
            "url",
        ]
        read_only_fields = fields

    def get_votes(self, contact: Contact) -> bool:
        return contact.pk in self.context["voters"]

    @extend_schema_field(serializers.URLField())
    def get_url(self, contact: Contact) -> str:
        page = reverse("tools:contact_edit", args=[contact.member.slug, contact.pk])
        return settings.SITE_URL + page


class DetailsSerializer(StrictSerializer):
    given_names = serializers.CharField(max_length=40, allow_blank=True, required=False)
    family_name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    job_title = serializers.CharField(max_length=128, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    confirm_outside = serializers.BooleanField(
        required=False,
        help_text="Say `true` when an address outside the member's e-mail domains is right.",
    )


class ContactChangeSerializer(DetailsSerializer):
    """What is left out stays as it is. A new address waits until its owner has proved it (C6)."""

    email = serializers.EmailField(max_length=254, required=False)


def _roles() -> serializers.ListField:
    return serializers.ListField(child=serializers.ChoiceField(Role.choices), max_length=50)


class RolesSerializer(StrictSerializer):
    """All the roles the contact is to have; at least one."""

    roles = _roles()


class NewContactSerializer(DetailsSerializer):
    """A person found by a look-up. An iD cannot be given: the offer carries it (C4)."""

    offer = serializers.CharField(
        max_length=2000, help_text="From a look-up, half an hour old at most."
    )
    roles = _roles()


class HandOverSerializer(StrictSerializer):
    role = serializers.ChoiceField(
        [(role.value, role.label) for role in Role if role in PROTECTED_ROLES]
    )
    to = serializers.IntegerField(
        min_value=1, max_value=LAST_KEY, help_text="Id of the contact who is to have the role."
    )


class LookUpSerializer(StrictSerializer):
    email = serializers.EmailField(max_length=254)


class FindingSerializer(serializers.Serializer[Finding]):
    """`found`: compare name and iD, then add the contact with the offer. Otherwise an invitation is
    the way: nobody was found, or the person is told apart only when they accept."""

    outcome = serializers.ChoiceField([(str(outcome), outcome.name) for outcome in Outcome])
    email = serializers.CharField()
    public_name = serializers.CharField()
    given_names = serializers.CharField()
    family_name = serializers.CharField()
    orcid = OrcidField()
    offer = serializers.CharField()


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An offer to become a contact. Its link is in the mail alone."""

    member: serializers.SlugRelatedField[Member] = serializers.SlugRelatedField(
        "slug", read_only=True
    )
    member_id = serializers.IntegerField(read_only=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), read_only=True)
    status = serializers.ChoiceField(Invitation.Status.choices, read_only=True)
    contact_id = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="The contact it became, when it was accepted."
    )

    class Meta:
        model = Invitation
        fields = [
            "id",
            "member",
            "member_id",
            "email",
            "roles",
            "status",
            "outside_domains",
            "created_at",
            "sent_at",
            "expires_at",
            "closed_at",
            "contact_id",
        ]
        read_only_fields = fields


class NewInvitationSerializer(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    roles = _roles()
    confirm_outside = serializers.BooleanField(
        default=False,
        help_text="Say `true` when an address outside the member's e-mail domains is right.",
    )


class VoterContactSerializer(serializers.Serializer[Contact]):
    """As known now; null once the person has been erased."""

    id = serializers.IntegerField()
    display_name = serializers.CharField()
    email = serializers.CharField()
    orcid = OrcidField()


class VoterSerializer(serializers.ModelSerializer[Member]):
    """Who votes for a member, if anybody; `stands_in` when it is the Main, without the role (R4)."""

    member = serializers.CharField(source="slug", read_only=True)
    member_id = serializers.IntegerField(source="id", read_only=True)
    contact_id = serializers.SerializerMethodField()
    contact = serializers.SerializerMethodField()
    stands_in = serializers.SerializerMethodField()

    class Meta:
        model = Member
        fields = ["member", "member_id", "display_name", "contact_id", "contact", "stands_in"]
        read_only_fields = fields

    def get_contact_id(self, member: Member) -> int | None:
        voter = self.context["voters"].get(member.pk)
        return voter.contact_id if voter else None

    @extend_schema_field(VoterContactSerializer(allow_null=True))
    def get_contact(self, member: Member) -> object:
        voter = self.context["voters"].get(member.pk)
        return VoterContactSerializer(voter.contact).data if voter and voter.contact else None

    def get_stands_in(self, member: Member) -> bool:
        voter = self.context["voters"].get(member.pk)
        return bool(voter and voter.stands_in)


class VoterQuerySerializer(serializers.Serializer[Any]):
    on = serializers.DateField(
        required=False, help_text="Who voted at the end of that day, instead of now."
    )
