"""Pictures as documents: every format and mode is read, what is damaged or too big says so, places stay private."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from ingest.documents.extract import images
from ingest.documents.extract.images import extract_image
from ingest.documents.model import BadDocument, Limits
from ingest.documents.ocr.lines import OcrLine
from ingest.documents.ocr.order import ordered
from ingest.documents.ocr.pages import page_from
from tests.contract.documents.pictures import as_bytes, landscape, printed

SENTENCE = "Parking costs nine euros a day"


def small(*lines: str) -> Image.Image:
    return printed(lines or (SENTENCE,)).crop((0, 100, 1240, 420))


def sixteen_bits() -> Image.Image:
    grey = np.asarray(small().convert("L"), dtype=np.uint16)
    return Image.fromarray(grey * 100 + 3000)


def white_on_nothing() -> Image.Image:
    ink = Image.new("RGBA", small().size, (255, 255, 255, 255))
    ink.putalpha(small().convert("L").point(lambda value: 255 - value))
    return ink


def cmyk() -> bytes:
    return as_bytes(small().convert("CMYK"), "JPEG", quality=90)


def turned_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise for looking at
    return as_bytes(small().rotate(90, expand=True), "JPEG", exif=exif)


@pytest.mark.parametrize(
    "make",
    [
        lambda: as_bytes(small()),
        lambda: as_bytes(small(), "JPEG", quality=85),
        lambda: as_bytes(small(), "GIF"),
        lambda: as_bytes(small(), "WEBP", quality=85),
        lambda: as_bytes(small(), "TIFF", compression="tiff_lzw"),
        lambda: as_bytes(small().convert("1"), "TIFF", compression="group4"),
        lambda: as_bytes(small().convert("P")),
        lambda: as_bytes(sixteen_bits()),
        lambda: as_bytes(white_on_nothing()),
        cmyk,
        turned_by_exif,
    ],
    ids=[
        *("png", "jpeg", "gif", "webp", "tiff", "fax", "palette", "sixteen bits", "white on nothing", "cmyk"),
        "turned by exif",
    ],
)
def test_every_kind_of_picture_is_read(make: Callable[[], bytes]) -> None:
    found = extract_image(make(), Limits())
    assert SENTENCE in found.pages[0].text
    assert found.page_kind == "page"
    assert found.pages[0].recognised
    region = next(one for one in found.pages[0].regions if one.box)
    assert region.box is not None
    assert region.box[0] < 0.2 < region.box[2]


def test_each_frame_of_a_tiff_is_a_page() -> None:
    first, second = small("The first page is short"), small("The second page as well")
    content = as_bytes(first, "TIFF", save_all=True, append_images=[second])
    found = extract_image(content, Limits())
    assert [page.number for page in found.pages] == [1, 2]
    assert ["first" in found.pages[0].text, "second" in found.pages[1].text] == [True, True]
    assert found.metadata["frames"] == 2
    with pytest.raises(BadDocument) as refused:
        extract_image(content, Limits(pages=1))
    assert refused.value.code == "too_many_pages"


def test_a_moving_picture_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_MOVING_FRAMES", 2)
    frames = [small(SENTENCE, "x" * number) for number in range(1, 5)]
    found = extract_image(as_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:]), Limits())
    assert len(found.pages) == 2
    assert "frames_left_out" in {one.code for one in found.findings}


def test_too_many_pixels_are_never_unpacked() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    flood = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    with pytest.raises(BadDocument) as refused:
        extract_image(flood, Limits())
    assert refused.value.code == "too_many_pixels"
    assert "50000 × 50000" in refused.value.message


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.6])
def test_half_a_picture_is_refused(form: str, share: float) -> None:
    whole = as_bytes(small(), form)
    with pytest.raises(BadDocument) as refused:
        extract_image(whole[: int(len(whole) * share)], Limits())
    assert refused.value.code in {"broken_file", "no_text"}


def test_a_picture_without_text_is_refused_plainly() -> None:
    with pytest.raises(BadDocument) as refused:
        extract_image(as_bytes(landscape(), "JPEG"), Limits())
    assert (refused.value.code, "No text was found" in refused.value.message) == ("no_text", True)


def test_dates_and_sizes_are_kept_but_no_place() -> None:
    exif = Image.Exif()
    exif[0x0132], exif[0x013B] = "2026:03:14 09:26:53", "Ada Hill"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    found = extract_image(as_bytes(small(), "JPEG", exif=exif), Limits())
    metadata = dict(found.metadata)
    assert metadata.pop("ocr_confidence") > 0.9
    assert metadata == {
        "width": 1240,
        "height": 320,
        "format": "JPEG",
        "author": "Ada Hill",
        "created_at": "2026-03-14T09:26:53",
        "modified_at": "2026-03-14T09:26:53",
    }
    assert [one.code for one in found.findings] == ["personal_location"]


def line(text: str, left: float, top: float, right: float, bottom: float, paragraph: int = -1) -> OcrLine:
    return OcrLine(text, (left, top, right, bottom), 0.9, paragraph)


def test_lines_of_a_paragraph_become_one_and_keep_their_places() -> None:
    lines = [
        line("Opening hours", 0.1, 0.10, 0.5, 0.14),
        line("The pool is heated through-", 0.1, 0.20, 0.8, 0.22),
        line("out the year.", 0.1, 0.23, 0.4, 0.25),
        line("Towels are free.", 0.1, 0.30, 0.4, 0.32),
    ]
    page = page_from(lines, 3)
    assert page.text == "Opening hours\n\nThe pool is heated throughout the year.\n\nTowels are free."
    assert [page.text[one.start : one.end] for one in page.regions] == [
        "Opening hours",
        "The pool is heated through",
        "out the year.",
        "Towels are free.",
    ]
    assert [one.text for one in page.headings] == ["Opening hours"]
    assert (page.number, page.recognised) == (3, True)


def test_long_lines_of_a_crooked_page_are_no_headings_and_wide_spacing_is_no_new_paragraph() -> None:
    words = [
        ("We have inspected the workshop and the damaged roof and", 0.8),
        ("will pay 3,480 pounds.", 0.35),
        ("The excess of 250 pounds has already been deducted, so please", 0.82),
        ("send us the", 0.2),
        ("signed form before the seventeenth of March at the latest and", 0.8),
        ("keep a copy.", 0.2),
    ]
    tops = [0.1 + 0.035 * number for number in range(len(words))]
    slope = 0.02
    lines = [
        line(text, 0.1, top, 0.1 + width, top + 0.012 + slope * width)
        for top, (text, width) in zip(tops, words, strict=True)
    ]
    page = page_from(lines, 1)
    assert page.headings == ()
    assert "workshop and the damaged roof and will pay 3,480 pounds." in page.text
    assert "so please send us the signed form" in page.text


def test_cells_of_a_price_list_are_read_row_by_row() -> None:
    cells = [
        line(text, left, top, left + 0.2, top + 0.02)
        for top, row in ((0.1, ("Single", "90")), (0.14, ("Double", "148")), (0.18, ("Suite", "310")))
        for left, text in ((0.1, row[0]), (0.7, row[1]))
    ]
    assert [one.text for one in ordered(cells, 0.7)] == ["Single 90", "Double 148", "Suite 310"]


def test_nothing_is_made_of_nothing() -> None:
    assert page_from([], 1).text == ""
    with pytest.raises(BadDocument):
        extract_image(b"", Limits())
    with pytest.raises(BadDocument):
        extract_image(io.BytesIO(b"GIF89a").read(), Limits())
