"""What the public API says of an organisation: the directory's facts and nothing else (A6)."""

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.models import Consortium, Identifier, Member, Membership


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
