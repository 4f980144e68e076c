"""What the API says of organisations. To the public the directory's facts and nothing else (A6)."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.models import Consortium, Event, Identifier, Member, Membership

# The largest key a row can have.
LAST_KEY = 2**63 - 1
MAY_BE_EMPTY = "May be empty."


class IdentifierSerializer(serializers.ModelSerializer[Identifier]):
    url = serializers.CharField(read_only=True, help_text="Where it resolves; may be empty.")

    class Meta:
        model = Identifier
        fields = ["scheme", "value", "preferred", "url"]


class ConsortiumSerializer(serializers.ModelSerializer[Consortium]):
    class Meta:
        model = Consortium
        fields = ["slug", "name"]


class PublicMembershipSerializer(serializers.ModelSerializer[Membership]):
    """`consortium` is null for a direct member; `start` is null when it is not known."""

    consortium = ConsortiumSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Membership
        fields = ["consortium", "start"]


class DirectoryMemberSerializer(serializers.ModelSerializer[Member]):
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    identifiers = IdentifierSerializer(many=True, read_only=True)
    membership = serializers.SerializerMethodField()
    logo = serializers.SerializerMethodField(
        help_text="Address of the picture; null unless the organisation allows to show it."
    )
    url = serializers.SerializerMethodField(help_text="The organisation's page in the directory.")

    class Meta:
        model = Member
        fields = [
            "slug",
            "display_name",
            "legal_name",
            "community",
            "country",
            "website",
            "public_email",
            "description",
            "identifiers",
            "membership",
            "logo",
            "url",
        ]

    @extend_schema_field(PublicMembershipSerializer(allow_null=True))
    def get_membership(self, member: Member) -> object:
        # The view prefetches the one that holds today.
        active = next(iter(member.memberships.all()), None)
        return PublicMembershipSerializer(active).data if active else None

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_logo(self, member: Member) -> str | None:
        if not member.logo_is_public:
            return None
        return settings.SITE_URL + reverse("directory:logo", args=[member.slug])

    @extend_schema_field(serializers.URLField())
    def get_url(self, member: Member) -> str:
        return settings.SITE_URL + reverse("directory:detail", args=[member.slug])


class StrictSerializer(serializers.Serializer[Any]):
    """What is sent in: a name that means nothing here is an error, not silence."""

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        writable = {name for name, field in self.fields.items() if not field.read_only}
        if unknown := [str(name) for name in data if name not in writable]:
            words = _("This cannot be given here.")
            raise serializers.ValidationError({name: [words] for name in unknown}, code="unknown")
        return values


class MemberIdentifierSerializer(IdentifierSerializer):
    class Meta:
        model = Identifier
        fields = ["id", "scheme", "value", "preferred", "url"]


class NewIdentifierSerializer(StrictSerializer):
    scheme = serializers.ChoiceField(Identifier.Scheme.choices)
    value = serializers.CharField(
        max_length=200, help_text="In any form people write it; form and check digits are checked."
    )


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """A period. `consortium` is null for a direct member; `start` is null when it is not known,
    `end`, the last day, when there is none."""

    consortium = ConsortiumSerializer(read_only=True, allow_null=True)
    status = serializers.ChoiceField(Membership.Status.choices, read_only=True)

    class Meta:
        model = Membership
        fields = ["consortium", "start", "end", "end_reason", "status"]


class MemberSerializer(serializers.ModelSerializer[Member]):
    """All that a member keeps here of itself; read by its contacts and the lead desk."""

    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    website = serializers.CharField(read_only=True, help_text=MAY_BE_EMPTY)
    public_email = serializers.CharField(read_only=True, help_text=MAY_BE_EMPTY)
    identifiers = MemberIdentifierSerializer(many=True, read_only=True)
    email_domains: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        "domain", many=True, read_only=True
    )
    memberships = MembershipSerializer(many=True, read_only=True)
    url = serializers.SerializerMethodField(help_text="The organisation's page in Member Tools.")

    class Meta:
        model = Member
        fields = [
            "id",
            "slug",
            "version",
            "display_name",
            "legal_name",
            "community",
            "country",
            "website",
            "public_email",
            "description",
            "street",
            "city",
            "region",
            "postal_code",
            "trademark_permission",
            "identifiers",
            "email_domains",
            "memberships",
            "lead_may_manage_contacts",
            "confirmed_at",
            "created_at",
            "updated_at",
            "url",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.URLField())
    def get_url(self, member: Member) -> str:
        return settings.SITE_URL + member.get_absolute_url()


class InformationSerializer(StrictSerializer):
    """What a contact may change; what is left out stays as it is."""

    display_name = serializers.CharField(max_length=255)
    website = serializers.CharField(
        max_length=2000, allow_blank=True, help_text="https:// is added where it is missing."
    )
    public_email = serializers.EmailField(max_length=254, allow_blank=True)
    description = serializers.CharField(max_length=5000, allow_blank=True)
    community = serializers.ChoiceField(Member.Community.choices)
    country = serializers.ChoiceField(list(countries), help_text="ISO 3166-1 alpha-2.")
    street = serializers.CharField(max_length=255, allow_blank=True)
    city = serializers.CharField(max_length=40, allow_blank=True)
    region = serializers.CharField(max_length=80, allow_blank=True)
    postal_code = serializers.CharField(max_length=20, allow_blank=True)
    trademark_permission = serializers.ChoiceField(Member.Trademark.choices)


class ActorSerializer(serializers.Serializer[Any]):
    """Who did it: an opaque id that stays, and the name they show now."""

    id = serializers.CharField(source="username")
    name = serializers.CharField(source="display_name")


class EventSerializer(serializers.ModelSerializer[Event]):
    """One change. `changes` holds roles, dates, ids and field names; `personal` holds what names or
    reaches a person, and is null once that was erased."""

    member: serializers.SlugRelatedField[Member] = serializers.SlugRelatedField(
        "slug", read_only=True, allow_null=True
    )
    member_id = serializers.IntegerField(read_only=True, allow_null=True)
    consortium: serializers.SlugRelatedField[Consortium] = serializers.SlugRelatedField(
        "slug", read_only=True, allow_null=True
    )
    changes = serializers.DictField(read_only=True)
    personal = serializers.DictField(read_only=True, allow_null=True)
    actor = ActorSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Event
        fields = [
            "id",
            "kind",
            "member",
            "member_id",
            "consortium",
            "changes",
            "personal",
            "actor",
            "capacity",
            "created_at",
        ]


class EventPageSerializer(serializers.Serializer[Any]):
    results = EventSerializer(many=True)
    next = serializers.IntegerField(help_text="The cursor to ask with next time; always given.")


class EventQuerySerializer(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        min_value=0,
        max_value=LAST_KEY,
        default=0,
        help_text="The cursor: only events later than this one.",
    )
    limit = serializers.IntegerField(
        min_value=1, default=100, help_text="How many at most; 1,000 are the most there ever are."
    )
    member = serializers.SlugField(max_length=120, required=False, help_text="Slug of a member.")
    kind = serializers.ChoiceField(Event.Kind.choices, required=False)
