"""A person's own profile: changed by themselves, emptied by the operator or by erasure (H4).

It is no member's, so that there are no events about it. The last to save wins: it is one person's own.
"""

import secrets
from collections.abc import Sequence
from typing import TypedDict, Unpack, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.localisation import is_language, is_time_zone
from contacts.models import Profile, User
from contacts.models.profiles import MOST_LINKS, ProfileLink
from members.actors import Actor
from members.permissions import require_trusted
from members.text import one_line
from members.websites import complete_website

LONGEST_LABEL = 60
_ON_USER = ("known_as", "language", "time_zone")
_LINES = ("known_as", "other_names", "title")
_no_null_characters = ProhibitNullCharactersValidator()


class Told(TypedDict, total=False):
    """The fields that can be given; one left out stays as it is."""

    known_as: str
    language: str
    time_zone: str
    other_names: str
    title: str
    field: str
    biography: str
    links: Sequence[ProfileLink]
    is_public: bool
    for_search_engines: bool


def save_profile(
    *,
    user_id: int,
    by: Actor,
    picture: ContentFile[bytes] | None = None,
    without_picture: bool = False,
    **told: Unpack[Told],
) -> User:
    """Save what a person tells of themselves, with a picture that `portraits.read_portrait` has made,
    or `without_picture`.

    The old file goes when the change is committed, the new one if it is not. Raises `PermissionDenied`
    for everybody else, `ValidationError` by field. Returns the person, with their profile.
    """
    storage = User._meta.get_field("picture").storage
    name = storage.save(f"people/{picture.name}", picture) if picture else None
    try:
        return _save(user_id, by, "" if without_picture else name, told)
    except BaseException:
        if name:
            storage.delete(name)
        raise


@transaction.atomic
def _save(user_id: int, by: Actor, picture: str | None, told: Told) -> User:
    user = _own(user_id, by)
    profile, _made = Profile.objects.get_or_create(user=user)
    for name, value in _tidied(told).items():
        setattr(user if name in _ON_USER else profile, name, value)
    if picture is not None:
        _replace_picture(user, picture)
    _check(user, profile)
    if profile.is_public and profile.key is None:
        profile.key = secrets.token_urlsafe(16)
    profile.operator_note = ""
    user.save(update_fields=[*_ON_USER, "picture"])
    profile.save()
    user.profile = profile
    return user


def _own(user_id: int, by: Actor) -> User:
    if by.user is None or by.user.pk != user_id or by.reach is not None:
        raise PermissionDenied
    return User.objects.select_for_update().get(pk=user_id, is_active=True)


def _tidied(told: Told) -> Told:
    given = cast("dict[str, object]", dict(told))
    for name, value in given.items():
        if isinstance(value, str):
            _no_null_characters(value)
            plain = value.replace("\r\n", "\n").replace("\r", "\n").strip()
            given[name] = one_line(plain) if name in _LINES else plain
    if "links" in told:
        given["links"] = [link_of(**link) for link in told["links"]]
    return cast("Told", given)


def link_of(*, label: str, url: str) -> ProfileLink:
    """A link as it is kept: http or https alone. Raises `ValidationError` for anything else."""
    address = complete_website(url)
    if not address:
        raise ValidationError({"links": _("A link needs an address.")})
    return {"label": one_line(label)[:LONGEST_LABEL], "url": address}


def _check(user: User, profile: Profile) -> None:
    errors: dict[str, list[str]] = {}
    if user.language and not is_language(user.language):
        errors["language"] = [_("Choose one of the list.")]
    if user.time_zone and not is_time_zone(user.time_zone):
        errors["time_zone"] = [_("Choose one of the list.")]
    if len(profile.links) > MOST_LINKS:
        errors["links"] = [_("At most %(num)d links.") % {"num": MOST_LINKS}]
    if profile.is_public and not (user.known_as or user.name or user.get_full_name()):
        errors["known_as"] = [_("Say by which name your public profile shows you.")]
    try:
        profile.clean_fields(exclude=["user", "key"])
        user.clean_fields(exclude={found.name for found in User._meta.get_fields()} - set(_ON_USER))
    except ValidationError as error:
        errors.update(error.message_dict)
    if errors:
        raise ValidationError(errors)


def _replace_picture(user: User, name: str) -> None:
    old = user.picture.name or ""
    user.picture.name = name
    if old and old != name:
        storage = user.picture.storage
        transaction.on_commit(lambda: storage.delete(old), robust=True)


@transaction.atomic
def take_away(*, profile_id: int, by: Actor, picture: bool, texts: bool, note: str = "") -> Profile:
    """What the operator removes as abuse: the picture, or names, title, biography and links, and with
    these the public page. The person reads why. Raises `PermissionDenied` for all but the operator."""
    require_trusted(by)
    profile = Profile.objects.select_related("user").get(pk=profile_id)
    user = User.objects.select_for_update().get(pk=profile.user_id)
    if picture:
        _replace_picture(user, "")
    if texts:
        user.known_as = ""
        _empty(profile)
    profile.operator_note = one_line(note)[:500]
    user.save(update_fields=["known_as", "picture"])
    profile.save()
    return profile


def clear_profile(user: User) -> None:
    """Empty everything that a person told of themselves, the picture's file too (H4, H7).

    For whoever empties an account, inside that transaction, with the user's row locked; language and
    time zone go as well. The public address is never given to anybody else.
    """
    _replace_picture(user, "")
    user.known_as = user.language = user.time_zone = ""
    user.save(update_fields=[*_ON_USER, "picture"])
    Profile.objects.filter(user=user).delete()


def unite_profiles(*, former: User, present: User) -> None:
    """Two accounts turn out to be one person’s (C8): what is missing in the one they keep comes out of
    the other, which is emptied. Inside the transaction that unites them, with both rows locked."""
    for name in _ON_USER:
        setattr(present, name, getattr(present, name) or getattr(former, name))
    if former.picture and not present.picture:
        # The file goes with it: each field has its own, or emptying one would empty the other.
        present.picture.name, former.picture.name = former.picture.name, ""
    if not Profile.objects.filter(user=present).exists():
        Profile.objects.filter(user=former).update(user=present)
    clear_profile(former)
    present.save(update_fields=[*_ON_USER, "picture"])


def _empty(profile: Profile) -> None:
    profile.other_names = profile.title = profile.field = profile.biography = ""
    profile.links = []
    profile.is_public = profile.for_search_engines = False
