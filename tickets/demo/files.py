"""Small real files drawn by code: a picture of a screen and a one-page letter."""

import textwrap
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

SCREEN, PAPER = (960, 540), (620, 877)  # pixels; the paper is A4 at 75 dots per inch


def make_file(name: str, heading: str, text: str) -> "ContentFile[bytes]":
    """Return a PNG or a PDF, as the name says, that shows a heading and a text."""
    if name.endswith(".pdf"):
        return ContentFile(_letter(heading, text), name=name)
    return ContentFile(_screen(heading, text), name=name)


def _screen(heading: str, text: str) -> bytes:
    image = Image.new("RGB", SCREEN, "#f4f7fb")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SCREEN[0], 56), fill="#06264d")
    draw.rounded_rectangle((120, 14, 840, 42), 8, fill="white")
    draw.text((136, 19), "https://lpse.contoh.example", "#3d4d63", _font(15))
    draw.rounded_rectangle((80, 130, 880, 440), 12, fill="white", outline="#f0b9b7", width=3)
    draw.text((120, 170), heading, "#9a1f24", _font(26))
    draw.multiline_text((120, 230), textwrap.fill(text, 70), "#0e1e33", _font(20), spacing=10)
    return _bytes(image, "PNG")


def _letter(heading: str, text: str) -> bytes:
    image = Image.new("L", PAPER, "white")
    draw = ImageDraw.Draw(image)
    draw.text((60, 60), "DOKUMEN CONTOH", "black", _font(14))
    draw.line((60, 90, 560, 90), "black", 2)
    draw.multiline_text((60, 120), textwrap.fill(heading, 40), "black", _font(22), spacing=8)
    draw.multiline_text((60, 220), textwrap.fill(text, 58), "black", _font(16), spacing=8)
    return _bytes(image, "PDF")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _bytes(image: Image.Image, kind: str) -> bytes:
    target = BytesIO()
    image.save(target, kind)
    return target.getvalue()
