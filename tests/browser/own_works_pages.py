"""Pages of a person's own works."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from integrations.works.identifiers import identifier
from integrations.works.models import Work
from integrations.works.services import imports
from members.actors import Actor
from tests.access.world import World

FILE = """Title,Type,Year,DOI,People
A new one,journal article,2024-05,10.1000/new,Ana García; Bo Li (editor)
Edited at length,book,2019,,
The same again,journal article,2020,10.1000/there,
Without a kind,,2020,,
A wrong number,book,20x0,1234,
"""


def own_works_pages(world: World, who: str) -> list[str]:
    """Adding, editing one of each kind, a file before and after its go."""
    user = world.user(who)
    there = identifier("doi", "10.1000/there", "self")
    typed, _new = Work.objects.get_or_create(
        person=user, title="Edited at length", type="book", published="2019", origin="form"
    )
    pulled, _new = Work.objects.get_or_create(
        person=user,
        put_code=42,
        defaults={
            "title": "A study with a <b>title</b> of some length, as they are: part two",
            "type": "journal-article", "published": "2020-03-01", "origin": "orcid",
            "journal_title": "Journal of Long Names", "source_name": "Crossref",
            "identifiers": [there, identifier("issn", "0317-8471", "part-of")],
            "contributors": [
                {"name": "Ana García", "orcid": "", "role": "author", "sequence": "first"},
                {"name": "Bo Li", "orcid": "", "role": "editor", "sequence": "additional"},
            ],
            "edited_fields": ["title", "published"], "visibility": "public",
        },
    )  # fmt: skip
    by = Actor.contact(user)
    done = imports.upload(file=SimpleUploadedFile("done.csv", b"Title,Type\nDone,book\n"), by=by)
    imports.start(run_id=done.pk, also=[], by=by)
    draft = imports.upload(file=SimpleUploadedFile("works.csv", FILE.encode()), by=by)
    return [
        reverse("works:publications"),
        reverse("works:add"),
        reverse("works:edit", args=[typed.pk]),
        reverse("works:edit", args=[pulled.pk]),
        reverse("works:import"),
        reverse("works:import_run", args=[draft.pk]),
        reverse("works:import_run", args=[done.pk]),
    ]
