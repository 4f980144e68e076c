"""A person's profile: their own pages of it, and what everybody sees."""

import io

from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from contacts.portraits import read_portrait
from contacts.services.profiles import save_profile
from integrations.works.identifiers import identifier
from integrations.works.models import Work
from members.actors import Actor
from tests.access.world import World

OWN = ["profile", "profile_preview"]


def own_profile_pages() -> list[str]:
    return [reverse(name) for name in OWN]


def public_profile_pages(world: World) -> list[str]:
    """Of the stranger: with everything that can be told, and a picture; and an address of nobody."""
    person = world.user("stranger")
    for year in ("2024", "2024-03", ""):
        Work.objects.get_or_create(
            person=person,
            title=f"A study with a <i>long</i> title of {year or 'unknown date'}",
            defaults={
                "type": "journal-article", "published": year, "origin": "form",
                "visibility": "public", "journal_title": "Journal of Long Names",
                "identifiers": [identifier("doi", "10.1000/182", "self")],
            },
        )  # fmt: skip
    drawn = io.BytesIO()
    Image.new("RGB", (200, 200), "green").save(drawn, "PNG")
    saved = save_profile(
        user_id=person.pk,
        by=Actor.contact(person),
        picture=read_portrait(ContentFile(drawn.getvalue())),
        known_as="Ada Lovelace",
        other_names="Ada Byron",
        title="Analyst of the Engine",
        field="2.2",
        biography="First.\n\nSecond.",
        links=[{"label": "", "url": "https://www.a-very-long-address.example/" + "path/" * 20}],
        is_public=True,
    )
    return [saved.profile.get_absolute_url(), "/people/no-such-address/"]
