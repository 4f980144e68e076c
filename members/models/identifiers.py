"""How a member is known elsewhere: identifiers, and the domains of its addresses."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.models.organisations import Member


class Identifier(models.Model):
    """An organisation's id in a scheme, stored in the form `identifiers.normalise` gives."""

    class Scheme(models.TextChoices):
        ROR = "ror", "ROR"
        FUNDREF = "fundref", "Crossref Funder ID"
        GRID = "grid", "GRID"
        RINGGOLD = "ringgold", "Ringgold"
        ISNI = "isni", "ISNI"
        LEI = "lei", "LEI"

    member = models.ForeignKey(Member, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme)
    value = models.CharField(max_length=100)
    preferred = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["scheme", "-preferred", "value"]
        constraints = [
            models.UniqueConstraint(
                name="identifier_once_per_member", fields=["member", "scheme", "value"]
            ),
            models.UniqueConstraint(
                name="identifier_one_preferred_per_scheme",
                fields=["member", "scheme"],
                condition=Q(preferred=True),
            ),
            models.CheckConstraint(
                name="identifier_scheme_known",
                condition=Q(scheme__in=["ror", "fundref", "grid", "ringgold", "isni", "lei"]),
            ),
        ]
        indexes = [models.Index(fields=["scheme", "value"], name="identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    @property
    def url(self) -> str:
        """Where it resolves, empty for schemes without public pages."""
        match self.scheme:
            case self.Scheme.ROR:
                return self.value
            case self.Scheme.FUNDREF:
                return f"https://doi.org/{self.value}"
            case self.Scheme.ISNI:
                return f"https://isni.org/isni/{self.value}"
            case self.Scheme.LEI:
                return f"https://search.gleif.org/#/record/{self.value}"
            case _:
                return ""


class EmailDomain(models.Model):
    """A domain in which the member's people have addresses (C7); internal."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="email_domains")
    domain = models.CharField(
        max_length=253,
        validators=[
            RegexValidator(
                r"^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$", _("Write a domain such as “uni.example”.")
            )
        ],
    )

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint("member", Lower("domain"), name="email_domain_once_per_member")
        ]

    def __str__(self) -> str:
        return self.domain

    def covers(self, address: str) -> bool:
        """Whether the address lies in this domain or below it."""
        host = address.rpartition("@")[2].lower()
        return host == self.domain or host.endswith(f".{self.domain}")
