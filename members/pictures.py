"""Pictures that people send: recognised by their content, decoded within limits, written anew.

The name and the type that the browser gave are not looked at.
"""

import io
import uuid
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django_stubs_ext import StrOrPromise
from PIL import Image, ImageOps, UnidentifiedImageError

# A few kilobytes can unpack to gigabytes: what is larger is refused before it is decoded.
MAX_PIXELS = 25_000_000
SUFFIX = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
# What the caller makes of a picture that can be decoded: the one to keep, and its format.
Make = Callable[[Image.Image], tuple[Image.Image, str]]


@dataclass(frozen=True)
class Words:
    """What people are told of a file that cannot be taken."""

    too_large: StrOrPromise
    too_many_pixels: StrOrPromise
    no_picture: StrOrPromise


def read_picture(
    upload: IO[bytes], *, formats: tuple[str, ...], max_bytes: int, words: Words, make: Make
) -> ContentFile[bytes]:
    """The picture as it is kept: re-encoded, without metadata, under a random name.

    Raises `ValidationError` for what is too large, or no picture of these formats by its content.
    """
    content = upload.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise ValidationError(words.too_large, code="too_large")
    try:
        # Pillow only warns of a picture between once and twice its own limit.
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=formats)
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(words.too_many_pixels, code="too_many_pixels")
            return _written(*make(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(words.too_many_pixels, code="too_many_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise ValidationError(words.no_picture, code="format") from error


def upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held: that is metadata too, and about to be dropped."""
    turned = ImageOps.exif_transpose(image)
    is_see_through = image.format != "JPEG" and turned.has_transparency_data
    return turned.convert("RGBA" if is_see_through else "RGB")


def _written(image: Image.Image, format_: str) -> ContentFile[bytes]:
    image.info.clear()  # colour profile, comments, EXIF: `save` would write them back
    written = io.BytesIO()
    image.save(written, format_, quality=90, optimize=True)
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4().hex}.{SUFFIX[format_]}")
