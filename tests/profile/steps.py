"""What a person does on their profile."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import User
from contacts.services.profiles import save_profile
from members.actors import Actor

PROFILE = "/me/profile/"
PICTURE = "/me/profile/picture"


def typed(*links: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    rows = {"form-TOTAL_FORMS": str(len(links) + 2), "form-INITIAL_FORMS": "0"}
    for place, (label, url) in enumerate(links):
        rows |= {f"form-{place}-label": label, f"form-{place}-url": url}
    empty = dict.fromkeys(
        ("known_as", "other_names", "title", "field", "biography", "language", "time_zone"), ""
    )
    return {**empty, **rows, **fields}


def save(client: Client, *links: tuple[str, str], **fields: Any) -> Any:
    return client.post(PROFILE, typed(*links, **fields), follow=True)


def file(content: bytes, name: str = "me.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def make_public(user: User, **told: Any) -> str:
    """Its public address."""
    given = {"is_public": True, **told}
    saved = save_profile(user_id=user.pk, by=Actor.contact(user), **given)
    return saved.profile.get_absolute_url()
