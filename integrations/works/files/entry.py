"""What a reader finds: one work of a file, where it stands there, what is wrong with it."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from integrations.works import content as rules
from integrations.works.content import Content

MAX_ENTRIES = 10_000  # as many works as ORCID keeps on a record


def too_many() -> ValidationError:
    return ValidationError(_("The file has more than 10,000 works. Split it."))


@dataclass
class Entry:
    """One work as a file gives it."""

    number: int  # of the entry, from 1
    line: int  # where it begins, as an editor or a spreadsheet counts
    content: Content = field(default_factory=lambda: {**rules.EMPTY})
    errors: list[str] = field(default_factory=list)
    # As it stands in the file, so that what fails can be put right and uploaded again.
    source: str = ""
    cells: dict[str, str] = field(default_factory=dict)  # of a table instead

    @property
    def name(self) -> str:
        return self.content["title"] or self.source.strip().partition("\n")[0][:80]

    def check(self) -> None:
        """Add to `errors` what the checks of content find."""
        for name, words in rules.problems(self.content).items():
            self.errors += [f"{rules.FIELDS[name]}: {each}" for each in words]
