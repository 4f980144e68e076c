"""Logos: recognised by their content, decoded within limits, written anew without metadata."""

import io
import uuid
import warnings
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 2 * 1024 * 1024
MIN_WIDTH, MIN_HEIGHT = 200, 100
# A few kilobytes can unpack to gigabytes: what is larger is refused before it is decoded.
MAX_PIXELS = 25_000_000
# Shown at a few hundred pixels; larger ones are brought down to this.
LARGEST_SIDE = 1600
_FORMATS = ("PNG", "JPEG", "WEBP")
_SUFFIX = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def read_logo(upload: IO[bytes]) -> ContentFile[bytes]:
    """The picture as it is kept: re-encoded, upright, without metadata, under a random name.

    Raises `ValidationError` for what is too large, too small, or no PNG, JPEG or WebP by content
    (formats.md section 1); the name and the type the browser gave are not looked at.
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The logo is larger than 2 MB."), code="too_large")
    try:
        # Pillow only warns of a picture between once and twice its own limit.
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            return _encode(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise ValidationError(
            _("This is not a PNG, JPEG or WebP picture, or it is damaged."), code="format"
        ) from error


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


def _encode(image: Image.Image) -> ContentFile[bytes]:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    format_ = image.format or "PNG"
    # The camera's orientation is metadata too: turn the pixels before it is dropped.
    upright = ImageOps.exif_transpose(image)
    _check_size(*upright.size)
    mode = "RGBA" if format_ != "JPEG" and upright.has_transparency_data else "RGB"
    plain = upright.convert(mode)
    plain.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    plain.info.clear()  # colour profile, comments, EXIF: `save` would write them back
    written = io.BytesIO()
    plain.save(written, format_, quality=90, optimize=True)
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4().hex}.{_SUFFIX[format_]}")


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The logo has too many pixels: 25 million at most."), code="too_many_pixels"
    )
