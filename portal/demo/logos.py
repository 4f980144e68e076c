"""Small logos for the demo members, drawn when the demo is loaded: no picture files to keep."""

import io
import math

from PIL import Image, ImageDraw, ImageFont

from portal.demo.data import LogoEntry

WIDTH, HEIGHT = 480, 200
WHITE = "#ffffff"


def draw(logo: LogoEntry) -> io.BytesIO:
    """A PNG: a sign in the member’s colour, and its name; the built-in font knows ASCII alone."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    pen = ImageDraw.Draw(image)
    _SIGNS[logo["shape"]](pen, logo["colour"])
    font = ImageFont.load_default(_font_size(logo["text"]))
    pen.text((172, HEIGHT / 2), logo["text"], fill=logo["colour"], font=font, anchor="lm")
    png = io.BytesIO()
    image.save(png, "PNG")
    png.seek(0)
    return png


def _font_size(text: str) -> int:
    return min(54, 520 // max(len(text), 1))


def _peaks(pen: ImageDraw.ImageDraw, colour: str) -> None:
    pen.polygon([(20, 150), (75, 50), (130, 150)], fill=colour)
    pen.polygon([(75, 150), (112, 85), (150, 150)], fill=colour, outline=WHITE, width=4)


def _waves(pen: ImageDraw.ImageDraw, colour: str) -> None:
    for row in range(3):
        points = [(x, 65 + 35 * row + 10 * math.sin(x / 11)) for x in range(22, 148)]
        pen.line(points, fill=colour, width=14)


def _bars(pen: ImageDraw.ImageDraw, colour: str) -> None:
    for column, top in enumerate((90, 50, 110, 70)):
        pen.rectangle((24 + 32 * column, top, 46 + 32 * column, 150), fill=colour)


def _circle(pen: ImageDraw.ImageDraw, colour: str) -> None:
    pen.ellipse((32, 46, 140, 154), fill=colour)
    pen.ellipse((62, 76, 110, 124), fill=WHITE)


_SIGNS = {"peaks": _peaks, "waves": _waves, "bars": _bars, "circle": _circle}
