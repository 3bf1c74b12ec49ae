"""Both engines read what scanners and cameras make: the right words in the right order, each line in its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import pytest
from PIL import Image

from ingest.documents.ocr.lines import OcrLine, Recogniser, confidence_of
from ingest.documents.ocr.rapid import Rapid
from ingest.documents.ocr.reading import recognise
from ingest.documents.ocr.tesseract import Tesseract
from tests.contract.documents import pictures


@pytest.fixture(scope="module", params=["tesseract", "rapidocr"])
def engine(request: pytest.FixtureRequest) -> Recogniser:
    return Tesseract() if request.param == "tesseract" else Rapid()


def words(lines: Sequence[OcrLine] | Sequence[str]) -> list[str]:
    text = " ".join(line if isinstance(line, str) else line.text for line in lines)
    return re.findall(r"\w+", text.lower())


def likeness(lines: Sequence[OcrLine], wanted: Sequence[str]) -> float:
    """1 when all words are there in the order written."""
    return difflib.SequenceMatcher(None, words(lines), words(wanted), autojunk=False).ratio()


@pytest.mark.parametrize(
    ("image", "least"),
    [
        (pictures.printed(), 0.98),
        (pictures.skewed(4), 0.96),
        (pictures.skewed(-6.5), 0.96),
        (pictures.pale(), 0.98),
        (pictures.dark(), 0.96),
        (pictures.grainy(), 0.94),
        (pictures.printed().rotate(90, expand=True), 0.96),
        (pictures.printed().rotate(180), 0.96),
        (pictures.printed().resize((620, 877), Image.Resampling.LANCZOS), 0.9),
    ],
    ids=["straight", "skewed", "skewed the other way", "pale", "dark", "grainy", "lying", "upside down", "small"],
)
def test_a_letter_is_read(engine: Recogniser, image: Image.Image, least: float) -> None:
    lines = recognise(image, engine)
    assert likeness(lines, pictures.LETTER) >= least, [line.text for line in lines]
    assert confidence_of(lines) > 0.75


def test_lines_know_their_place(engine: Recogniser) -> None:
    lines = recognise(pictures.printed(), engine)
    desk = next(line for line in lines if "extension 417" in line.text)
    left, top, right, bottom = desk.box
    # drawn as the tenth line: 48 pixels each from 150 of 1754 on, 130 from the left of 1240
    assert left == pytest.approx(130 / 1240, abs=0.01)
    assert 0.35 < right < 0.65
    assert top == pytest.approx((150 + 9 * 48) / 1754, abs=0.01)
    assert 0.008 < bottom - top < 0.03


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_the_place_is_that_on_the_page_as_it_came(engine: Recogniser, degrees: int) -> None:
    lines = recognise(pictures.printed().rotate(degrees, expand=True), engine)
    left, top, right, bottom = next(line for line in lines if "Harbour House" in line.text).box
    middle = {90: (0.1, 0.74), 180: (0.74, 0.9), 270: (0.9, 0.26)}[degrees]
    assert (left + right) / 2 == pytest.approx(middle[0], abs=0.06)
    assert (top + bottom) / 2 == pytest.approx(middle[1], abs=0.1)


def test_columns_are_read_one_after_the_other(engine: Recogniser) -> None:
    lines = recognise(pictures.columns(), engine)
    wanted = ["News for our guests this spring and summer", *pictures.LEFT, *pictures.RIGHT]
    assert likeness(lines, wanted) > 0.95, [line.text for line in lines]


def test_a_picture_without_text_gives_no_lines(engine: Recogniser) -> None:
    assert recognise(pictures.landscape(), engine) == []
    assert recognise(Image.new("RGB", (800, 600), (255, 255, 255)), engine) == []
    assert recognise(Image.new("L", (1, 1)), engine) == []
