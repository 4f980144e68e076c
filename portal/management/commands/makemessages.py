"""Collect what is marked for translation, names of models and fields included."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

from portal.model_names import marked_names

# What nobody reads in their own language: ADR 98.
LEFT_OUT = [
    "integrations/sandbox/*", "tests/*", "bench/*", "docs/*", "var/*", "portal/demo/*",
    "portal/local/*", "*/migrations/*", "*/management/*",
]  # fmt: skip


class Command(makemessages.Command):
    """Django's own, which sees only what stands in files: the names stand in one meanwhile."""

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *LEFT_OUT]
        options["extensions"] = options["extensions"] or ["html", "py", "txt"]
        options["add_location"] = options["add_location"] or "file"
        options["no_wrap"] = True
        names = Path(settings.BASE_DIR) / "portal" / "names_in_the_administration.py"
        names.write_text("".join(f"_({name!r})\n" for name in sorted(marked_names)))
        try:
            super().handle(*args, **options)
        finally:
            names.unlink()
