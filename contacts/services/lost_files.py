"""Files of people that no row knows any more (H7): a worker died between the row and its file."""

import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from contacts.models import Run, User

if TYPE_CHECKING:
    from django.db.models import FileField

# A file is there a moment before its row is; and whoever restores a backup has a day to look at it.
AGE = datetime.timedelta(days=1)


def forget_lost_files() -> int:
    """For beat: pictures of people, and files that jobs were to read; how many were deleted."""
    return sum(_forget(model, name) for model, name in [(User, "picture"), (Run, "file")])


def _forget(model: Any, name: str) -> int:
    field: FileField = model._meta.get_field(name)
    folder, storage = str(field.upload_to), field.storage
    try:
        _folders, files = storage.listdir(folder)
    except FileNotFoundError:  # there has never been one
        return 0
    gone = 0
    for path in (f"{folder}{file}" for file in files):
        is_old = storage.get_modified_time(path) < timezone.now() - AGE
        if is_old and not model.objects.filter(**{name: path}).exists():
            storage.delete(path)
            gone += 1
    return gone
