"""Pictures of the demo's people: drawn when the demo is loaded, of nobody."""

import io

from PIL import Image, ImageDraw

from portal.demo.data import PortraitEntry

SIZE = 480


def draw(portrait: PortraitEntry) -> io.BytesIO:
    """A PNG: head and shoulders in flat colours."""
    image = Image.new("RGB", (SIZE, SIZE), portrait["ground"])
    pen = ImageDraw.Draw(image)
    pen.ellipse((124, 70, 356, 330), fill=portrait["hair"])
    if portrait["hair_is_long"]:
        pen.rounded_rectangle((124, 190, 356, 380), radius=50, fill=portrait["hair"])
    pen.ellipse((70, 345, 410, 640), fill=portrait["coat"])
    pen.rounded_rectangle((205, 290, 275, 395), radius=34, fill=portrait["skin"])
    pen.ellipse((158, 112, 322, 324), fill=portrait["skin"])
    pen.chord((150, 86, 330, 250), 190, 350, fill=portrait["hair"])
    for x in (212, 268):
        pen.ellipse((x - 8, 214, x + 8, 232), fill="#2b2320")
    pen.arc((205, 236, 275, 286), 25, 155, fill="#2b2320", width=6)
    png = io.BytesIO()
    image.save(png, "PNG")
    png.seek(0)
    return png
