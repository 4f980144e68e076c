"""Pictures of people: brought to a small square, without metadata."""

from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from members.pictures import Words, read_picture, upright

MAX_BYTES = 8 * 1024 * 1024  # what a telephone makes
SMALLEST_SIDE = 100
# Shown at a hundred pixels or so, on screens that have two or three to each.
SIDE = 400
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Faces are rather above the middle.
_CENTRE = (0.5, 0.35)
_WORDS = Words(
    too_large=_("The file is larger than 8 MB."),
    too_many_pixels=_(
        "The picture has too many pixels: 25 million at most. Make it smaller, or cut it."
    ),
    no_picture=_("This is not a JPEG, PNG, WebP or GIF picture, or it is damaged."),
)


def read_portrait(upload: IO[bytes]) -> ContentFile[bytes]:
    """The picture as it is kept: an upright square (`members.pictures`).

    Raises `ValidationError` with the reason for what is too large or small, moves, is a drawing in
    SVG, which can hold programs, or is no picture at all.
    """
    _refuse_drawings(upload)
    return read_picture(upload, formats=_FORMATS, max_bytes=MAX_BYTES, words=_WORDS, make=_make)


def _refuse_drawings(upload: IO[bytes]) -> None:
    start = upload.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n")
    upload.seek(0)
    if start.startswith(b"<") and b"<svg" in start.lower():
        words = _("SVG drawings are not taken. Save it as PNG, and send that.")
        raise ValidationError(words, code="svg")


def _make(image: Image.Image) -> tuple[Image.Image, str]:
    if getattr(image, "is_animated", False):
        raise ValidationError(_("This picture moves. Choose one that stands still."), code="moves")
    if min(image.size) < SMALLEST_SIDE:
        raise ValidationError(
            _(
                "The picture is too small: it has %(width)s × %(height)s pixels and needs "
                "at least 100 × 100."
            ),
            code="too_small",
            params={"width": image.width, "height": image.height},
        )
    plain = upright(image)
    side = min(SIDE, *plain.size)
    return ImageOps.fit(plain, (side, side), centering=_CENTRE), "WEBP"
