"""Texts and questions for measuring search: the staff handbook beside this file and the sample handbook's sections."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SAMPLE = HERE.parents[2] / "ingest" / "samples" / "harbour-house-handbook.md"


@dataclass(frozen=True, slots=True)
class Passage:
    heading: str
    text: str
    plain: str  # a question in the passage's own words
    other: str  # a question in other words


def staff_handbook() -> tuple[list[Passage], list[str]]:
    """The passages, and questions that none of them answers."""
    data = tomllib.loads((HERE / "staff_handbook.toml").read_text("utf-8"))
    return [Passage(**entry) for entry in data["passage"]], list(data["unanswerable"])


def sample_handbook() -> list[tuple[int, str, str]]:
    """(page, heading, text) of each section of the handbook that a new installation comes with."""
    sections: list[tuple[int, str, str]] = []
    for number, page in enumerate(SAMPLE.read_text("utf-8").split("<!-- page -->"), start=1):
        for heading, text in re.findall(r"^##? (.+)\n\n((?:(?!^#).*\n?)+)", page, flags=re.MULTILINE):
            sections.append((number, heading, text.strip()))
    return sections
