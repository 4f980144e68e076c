"""The deployment's colour, made safe to read: every pair below has at least the contrast it needs."""

import re
from dataclasses import dataclass

WHITE = (255, 255, 255)
INK = (27, 31, 35)
BLACK = (0, 0, 0)
FALLBACK = "#0b5c6b"
# WCAG 2.2, 1.4.3: text against its background.
READABLE = 4.5
# The page's own ground is a little darker than white: text in the brand's colour stands on it too.
ON_TINTS = 5.6

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Theme:
    """Colours as `#rrggbb`. `strong` is the brand darkened until it reads as text on white."""

    brand: str
    contrast: str
    strong: str
    hover: str
    tint: str
    wash: str


def make_theme(colour: str) -> Theme:
    """The theme of a colour such as `#0b5c6b` or `#09f`; of the fallback when it is no colour."""
    brand = parse(colour) or parse(FALLBACK) or INK
    # White and black always do: what is too light for the one is dark enough for the other.
    contrast = next(text for text in (WHITE, INK, BLACK) if ratio(brand, text) >= READABLE)
    return Theme(
        brand=_hex(brand),
        contrast=_hex(contrast),
        strong=_hex(_darkened_for_text(brand)),
        hover=_hex(mix(brand, BLACK if contrast == WHITE else WHITE, 0.16)),
        tint=_hex(mix(WHITE, brand, 0.09)),
        wash=_hex(mix(WHITE, brand, 0.04)),
    )


def parse(colour: str) -> Colour | None:
    digits = colour.strip().removeprefix("#")
    if re.fullmatch(r"[0-9a-fA-F]{3}", digits):
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        return None
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def ratio(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(base: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(base, other, strict=True))
    return red, green, blue


def _darkened_for_text(colour: Colour) -> Colour:
    for step in range(0, 100, 4):
        darker = mix(colour, INK, step / 100)
        if ratio(darker, WHITE) >= ON_TINTS:
            return darker
    return INK


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
