"""Tesseract as a recogniser: the installed program, fed through a pipe, so that no page lies in a temporary file.

It gets no environment but its own and ends with this process.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ingest.documents.model import BadDocument
from ingest.documents.ocr.lines import OcrLine

_WORD = "5"  # the level of words in Tesseract's table
_LEAST_WORD = 15.0  # per cent; below it are specks


def is_installed() -> bool:
    """Whether the program is there and knows at least one language."""
    return bool(installed_languages())


@functools.cache
def installed_languages() -> frozenset[str]:
    """Codes such as "eng"; without "osd", which is no language."""
    if shutil.which("tesseract") is None:
        return frozenset()
    try:
        done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    names = done.stdout.decode(errors="replace").split("\n")[1:]
    return frozenset(name.strip() for name in names if name.strip() and name.strip() != "osd")


class Tesseract:
    """``languages``: installed ones, the likeliest first."""

    def __init__(self, languages: Iterable[str] = ("eng",)) -> None:
        self._languages = "+".join(languages)

    @property
    def name(self) -> str:
        return "tesseract"

    def lines(self, image: Any, timeout_s: float) -> list[OcrLine]:
        width, height = image.size
        picture = b"P5 %d %d 255\n" % (width, height) + image.tobytes()
        command = ["tesseract", "stdin", "stdout", "-l", self._languages, "--psm", "3", "--dpi", "200", "tsv"]
        if shutil.which("setpriv"):
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        try:
            done = subprocess.run(
                command, input=picture, capture_output=True, timeout=timeout_s, env=_environment(), check=False
            )
        except subprocess.TimeoutExpired as error:
            raise BadDocument("Recognising the text of this page took too long.", code="too_slow") from error
        if done.returncode:
            raise BadDocument("The text of this page could not be recognised.", code="unreadable_page")
        return list(_lines(done.stdout.decode(errors="replace"), width, height))


def _environment() -> dict[str, str]:
    """One thread: more of them only wait for each other, and pages are many."""
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    return {**kept, "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"}


def _lines(table: str, width: int, height: int) -> Iterator[OcrLine]:
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == _WORD and (row["text"] or "").strip()]
    paragraphs: dict[tuple[str, str], int] = {}
    for (block, paragraph, _), group in groupby(words, lambda row: (row["block_num"], row["par_num"], row["line_num"])):
        kept = [row for row in group if float(row["conf"]) >= _LEAST_WORD]
        if not kept:
            continue
        number = paragraphs.setdefault((block, paragraph), len(paragraphs))
        text = " ".join(row["text"].strip() for row in kept)
        weight = sum(len(row["text"]) for row in kept)
        sure = sum(float(row["conf"]) * len(row["text"]) for row in kept) / weight / 100
        left, top = min(int(row["left"]) for row in kept), min(int(row["top"]) for row in kept)
        right = max(int(row["left"]) + int(row["width"]) for row in kept)
        bottom = max(int(row["top"]) + int(row["height"]) for row in kept)
        yield OcrLine(text, (left / width, top / height, right / width, bottom / height), sure, number)
