"""Pages of sign-in through institutions, for looking at."""

from django.urls import reverse

from contacts.models import InstitutionalSignIn
from tests.access.world import World


def institution_pages(world: World) -> list[str]:
    """The list, with and without what is looked for; the way there, and a way back that fails."""
    row, _new = InstitutionalSignIn.objects.get_or_create(
        member=world.ours.member,
        defaults={
            "slug": "ours",
            "protocol": "oidc",
            "issuer": "https://idp.example",
            "metadata": "{}",
            "is_on": True,
            "help_name": "the Service Desk",
            "help_email": "desk@ours.example",
            "help_url": "https://ours.example/a-rather-long-address/of-a-page/about-signing-in",
        },
    )
    everything = reverse("institutions")
    return [
        everything,
        f"{everything}?q=nothing-like-this",
        reverse("institution_login", args=[row.slug]),
        reverse("institution_callback", args=[row.slug]),
    ]
