"""What people tell of themselves."""

from typing import ClassVar, TypedDict

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.disciplines import DISCIPLINES, Name
from contacts.models.people import User
from contacts.querysets import ProfileQuerySet

LONGEST_BIOGRAPHY = 2000
MOST_LINKS = 8


class ProfileLink(TypedDict):
    label: str
    url: str


class Profile(models.Model):
    """What a person tells of themselves; seen by nobody else until they switch it on.

    Name, picture, language and time zone, which every page needs, stand on `User`. Nothing here says
    whose contact the person is (A6).
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="profile")
    other_names = models.CharField(_("other names"), max_length=200, blank=True)
    title = models.CharField(_("title or position"), max_length=120, blank=True)
    field = models.CharField(_("field"), max_length=5, blank=True)  # `contacts.disciplines`
    biography = models.TextField(
        _("biography"), blank=True, validators=[MaxLengthValidator(LONGEST_BIOGRAPHY)]
    )
    links: "models.JSONField[list[ProfileLink], list[ProfileLink]]" = models.JSONField(
        _("links"), default=list, blank=True
    )
    is_public = models.BooleanField(_("public"), default=False)
    for_search_engines = models.BooleanField(_("search engines may list it"), default=False)
    # Its public address, which tells nothing and cannot be guessed. Made when it is first switched on,
    # and kept: printed links go on working when it is switched on again.
    key = models.CharField(max_length=22, unique=True, null=True, blank=True, editable=False)
    # Why the operator took something away: shown to the person until they save anew.
    operator_note = models.CharField(_("the operator’s note"), max_length=500, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager["Profile"]] = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profile_public_has_address", condition=Q(is_public=False) | ~Q(key=None)
            ),
            models.CheckConstraint(
                name="profile_field_known", condition=Q(field__in=["", *DISCIPLINES])
            ),
        ]

    def __str__(self) -> str:
        return self.user.own_name

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("people:profile", args=[self.key])

    @property
    def field_name(self) -> Name:
        return DISCIPLINES.get(self.field, "")
