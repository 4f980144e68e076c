"""Sign-in through an institution, and what institutions said of people who came that way."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import validate_slug
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.people import User
from integrations.orcid.crypto import EncryptedTextField
from members.models import Member

PROVIDER_PREFIX = "institution-"


class InstitutionalSignInQuerySet(models.QuerySet["InstitutionalSignIn"]):
    def offered(self) -> "InstitutionalSignInQuerySet":
        """Those that people may sign in through now: switched on, and of a member of today."""
        return self.filter(is_on=True, member__in=Member.objects.public())

    def search(self, words: str) -> "InstitutionalSignInQuerySet":
        """By the member's names, and the name that the sign-in has itself."""
        found = Q(member__in=Member.objects.search(words)) | Q(name__icontains=words)
        return self.filter(found) if words else self


class InstitutionalSignIn(models.Model):
    """How people of one member sign in at their institution: set up by the operator.

    Who signs in is known by `provider_id` and the institution's own identifier, so neither the
    provider nor what it identifies people by may change once somebody has come this way.
    """

    class Protocol(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        SAML = "saml", _("SAML 2.0")

    member = models.ForeignKey(Member, models.PROTECT, related_name="sign_ins")
    protocol = models.CharField(_("protocol"), max_length=4, choices=Protocol)
    # Part of the addresses that the institution has registered: never changes.
    slug = models.SlugField(max_length=60, unique=True, validators=[validate_slug])
    # As people look for it; the member's name where it is empty.
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_on = models.BooleanField(_("switched on"), default=False)

    # The issuer (OpenID Connect) or the entity ID (SAML): what its statements are checked against.
    issuer = models.CharField(_("issuer or entity ID"), max_length=500)
    # OpenID Connect: this portal's registration there.
    client_id = models.CharField(_("client ID"), max_length=191, blank=True)
    client_secret = EncryptedTextField(blank=True)
    scopes = models.CharField(_("scopes"), max_length=200, default="openid profile email")
    # SAML: this portal's own key pair for that institution; the certificate stands in our metadata.
    own_key = EncryptedTextField(blank=True)
    own_certificate = models.TextField(blank=True)

    # Where discovery or metadata is read again each day; empty for metadata that was pasted.
    metadata_url = models.URLField(_("metadata address"), max_length=500, blank=True)
    metadata = models.TextField(_("metadata"), blank=True)
    metadata_read_at = models.DateTimeField(null=True, blank=True)
    # Which of what it says about a person is what; empty for the protocol's usual names.
    identifier_attribute = models.CharField(max_length=200, blank=True)
    name_attribute = models.CharField(max_length=200, blank=True)
    email_attribute = models.CharField(max_length=200, blank=True)
    affiliation_attribute = models.CharField(max_length=200, blank=True)
    # The values that mean: belongs to the institution. Anything else means: no longer.
    affiliation_values = models.CharField(
        max_length=200, default="faculty staff employee student member affiliate researcher"
    )

    # Whom the institution's people ask when it does not work.
    help_name = models.CharField(_("local help"), max_length=100)
    help_email = models.EmailField(_("local help: e-mail"), max_length=254, blank=True)
    help_url = models.URLField(_("local help: page"), max_length=300, blank=True)

    # What the last check found: {"level": "error" | "warning" | "good", "text": …} each.
    findings: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, blank=True
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    # Of the last sign-in: the names, never the values, of what the institution said.
    last_attributes: "models.JSONField[list[str], list[str]]" = models.JSONField(
        default=list, blank=True
    )
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["InstitutionalSignIn"]] = (
        InstitutionalSignInQuerySet.as_manager()
    )

    class Meta:
        verbose_name = _("institutional sign-in")
        constraints = [
            models.CheckConstraint(
                name="sign_in_on_has_metadata", condition=Q(is_on=False) | ~Q(metadata="")
            ),
            models.CheckConstraint(
                name="sign_in_names_local_help", condition=~Q(help_email="") | ~Q(help_url="")
            ),
        ]
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.name or self.member.display_name

    @property
    def provider_id(self) -> str:
        """What allauth knows it by, in `SocialAccount.provider`."""
        return f"{PROVIDER_PREFIX}{self.slug}"

    @property
    def is_saml(self) -> bool:
        return self.protocol == self.Protocol.SAML

    @property
    def callback_url(self) -> str:
        """Where the institution sends people back to; registered there."""
        name = "institution_acs" if self.is_saml else "institution_callback"
        return f"{settings.SITE_URL}{reverse(name, args=[self.slug])}"

    @property
    def own_entity_id(self) -> str:
        """SAML: this portal's entity ID for that institution, where its metadata is, too."""
        return f"{settings.SITE_URL}{reverse('institution_metadata', args=[self.slug])}"

    @property
    def has_errors(self) -> bool:
        return any(finding["level"] == "error" for finding in self.findings)


class AssertedAffiliation(models.Model):
    """That a person belongs to a member, as its institutional sign-in said; until it said otherwise."""

    person = models.ForeignKey(User, models.PROTECT, related_name="asserted_affiliations")
    member = models.ForeignKey(Member, models.PROTECT, related_name="asserted_affiliations")
    sign_in = models.ForeignKey(
        InstitutionalSignIn, models.PROTECT, related_name="asserted_affiliations"
    )
    # The words of the institution: ["staff@uni.example"], or none where it says only who comes.
    values: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    since = models.DateTimeField(default=timezone.now)
    last_said_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "sign_in"],
                condition=Q(until=None),
                name="asserted_affiliation_one_current",
            ),
            models.CheckConstraint(
                name="asserted_affiliation_ends_after_it_began",
                condition=Q(until=None) | Q(until__gte=models.F("since")),
            ),
        ]
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.member_id}"
