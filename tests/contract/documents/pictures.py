"""Pictures of print as scanners and cameras make them: straight, skewed, pale, in columns; and such with no text.

All are drawn with Pillow's own font, so that they look the same everywhere.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

LETTER = (
    "Harbour House Hotel",
    "",
    "Dear Ms. Whitfield,",
    "",
    "thank you for your enquiry of 14 March 2026. A double room",
    "with a view of the harbour costs 148 euros a night, breakfast",
    "included. Parking is free for guests who stay two nights or more.",
    "",
    "Please confirm by 31 March. Late arrival after 22:00 is possible",
    "if you call the front desk at extension 417.",
    "",
    "Kind regards,",
    "Jonas Albrecht",
)
LEFT = (
    "The sauna opens at seven",
    "in the morning and closes",
    "at ten in the evening. Bring",
    "your own towel, or borrow",
    "one at the reception desk.",
)
RIGHT = (
    "Bicycles cost twelve euros",
    "a day. Helmets are free of",
    "charge. Please lock them in",
    "the shed behind the garden",
    "when you come back at night.",
)
PAPER, INK = (255, 255, 255), (20, 20, 20)


def printed(
    lines: Sequence[str] = LETTER, *, ink: tuple[int, int, int] = INK, paper: tuple[int, int, int] = PAPER
) -> Image.Image:
    """A4 at 150 dpi."""
    image = Image.new("RGB", (1240, 1754), paper)
    write(image, lines, 130, 150, ink=ink)
    return image


def write(
    image: Image.Image, lines: Sequence[str], x: int, y: int, *, size: int = 30, ink: tuple[int, int, int] = INK
) -> None:
    font = ImageFont.load_default(size)
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((x, y + number * size * 8 // 5), line, font=font, fill=ink)


def skewed(degrees: float = 4.0) -> Image.Image:
    return printed().rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=PAPER)


def pale() -> Image.Image:
    return printed(ink=(165, 165, 160), paper=(212, 210, 204))


def dark() -> Image.Image:
    return printed(ink=(235, 235, 235), paper=(25, 30, 45))


def columns() -> Image.Image:
    image = Image.new("RGB", (1240, 1000), PAPER)
    write(image, ["News for our guests this spring and summer"], 120, 100, size=44)
    write(image, LEFT, 120, 260)
    write(image, RIGHT, 680, 260)
    return image


def grainy(seed: int = 5) -> Image.Image:
    """As a phone takes it in a dark room."""
    clean = np.asarray(printed().convert("L"), dtype=np.float64)
    grain = np.random.default_rng(seed).normal(0, 28, clean.shape)
    return Image.fromarray(np.clip(clean * 0.8 + 20 + grain, 0, 255).astype(np.uint8))


def landscape(seed: int = 5) -> Image.Image:
    """A photo with no text: soft shapes and grain."""
    generator = np.random.default_rng(seed)
    soft = Image.fromarray(generator.integers(0, 255, (9, 12, 3), dtype=np.uint8).astype(np.uint8))
    large = np.asarray(soft.resize((1200, 900), Image.Resampling.BICUBIC), dtype=np.float64)
    return Image.fromarray(np.clip(large + generator.normal(0, 12, large.shape), 0, 255).astype(np.uint8))


def as_bytes(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)  # type: ignore[arg-type]
    return out.getvalue()


def scanned_pdf(*pages: Image.Image | str) -> bytes:
    """A page a picture, as a scanner makes it; a text makes a page of real text."""
    pdf = FPDF(unit="pt")
    for page in pages:
        pdf.add_page(format=(595, 842))
        if isinstance(page, str):
            pdf.set_font("helvetica", size=12)
            pdf.multi_cell(0, 16, page)
        else:
            pdf.image(io.BytesIO(as_bytes(page, "JPEG", quality=80)), x=0, y=0, w=595)
    return bytes(pdf.output())
