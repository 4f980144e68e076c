"""Logos: within limits of their own, kept in the format they came in."""

from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image

from members.pictures import Words, read_picture, upright

MAX_BYTES = 2 * 1024 * 1024
MIN_WIDTH, MIN_HEIGHT = 200, 100
# Shown at a few hundred pixels; larger ones are brought down to this.
LARGEST_SIDE = 1600
_FORMATS = ("PNG", "JPEG", "WEBP")
_WORDS = Words(
    too_large=_("The logo is larger than 2 MB."),
    too_many_pixels=_("The logo has too many pixels: 25 million at most."),
    no_picture=_("This is not a PNG, JPEG or WebP picture, or it is damaged."),
)


def read_logo(upload: IO[bytes]) -> ContentFile[bytes]:
    """The logo as it is kept (`members.pictures`).

    Raises `ValidationError` for what is too large, too small, or no PNG, JPEG or WebP by content.
    """
    return read_picture(upload, formats=_FORMATS, max_bytes=MAX_BYTES, words=_WORDS, make=_make)


def _make(image: Image.Image) -> tuple[Image.Image, str]:
    plain = upright(image)
    _check_size(*plain.size)
    plain.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return plain, image.format or "PNG"


def _check_size(width: int, height: int) -> None:
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        raise ValidationError(
            _(
                "The logo is too small: it has %(width)s × %(height)s pixels and needs "
                "at least 200 × 100."
            ),
            code="too_small",
            params={"width": width, "height": height},
        )
