"""What retrieval is measured on: passages, questions with the passage that answers, questions that nothing answers.

Part of XQuAD (its licence stands in the file), the staff handbook of the tests, and paragraphs of this project's
documentation that no question asks for. Every second paragraph and unanswerable question is held out.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.integration.knowledge.corpus import staff_handbook

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
MAX_BYSTANDERS = 200


@dataclass(frozen=True, slots=True)
class Question:
    """``passage``: the number of the one that answers, None when none does. ``kind``: xquad, house, near or far."""

    text: str
    passage: int | None
    kind: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class Corpus:
    name: str
    passages: list[tuple[str, str]]  # heading, text
    questions: list[Question]


def encyclopedia() -> Corpus:
    """Part of XQuAD among paragraphs that no question asks for."""
    passages: list[tuple[str, str]] = []
    questions: list[Question] = []
    for number, entry in enumerate(json.loads((HERE / "xquad_part.json").read_text("utf-8"))["paragraphs"]):
        questions += (Question(text, len(passages), "xquad", number % 2 == 1) for text in entry["questions"])
        passages.append(("", entry["text"]))
    unanswerable = tomllib.loads((HERE / "unanswerable.toml").read_text("utf-8"))
    questions += unanswered("near", unanswerable["near_encyclopedia"])
    questions += unanswered("far", unanswerable["far"])
    return Corpus("encyclopedia", passages + bystanders(), questions)


def handbook() -> Corpus:
    """The staff handbook of the tests: short passages, half of the questions in words that are not theirs."""
    staff, refused = staff_handbook()
    questions = [
        Question(text, number, "house", number % 2 == 1)
        for number, one in enumerate(staff)
        for text in (one.plain, one.other)
    ]
    unanswerable = tomllib.loads((HERE / "unanswerable.toml").read_text("utf-8"))
    questions += unanswered("near", unanswerable["near_handbook"])
    questions += unanswered("far", refused)
    return Corpus("handbook", [(one.heading, one.text) for one in staff], questions)


def unanswered(kind: str, texts: list[str]) -> list[Question]:
    return [Question(text, None, kind, number % 2 == 1) for number, text in enumerate(texts)]


def bystanders() -> list[tuple[str, str]]:
    """Paragraphs of the documentation."""
    found: list[tuple[str, str]] = []
    for path in sorted(DOCS.rglob("*.md")):
        for part in re.split(r"\n{2,}", path.read_text("utf-8")):
            text = " ".join(part.split())
            if 200 <= len(text) <= 1500 and not text.startswith(("|", "```", "#")):
                found.append(("", text))
    return found[:: max(1, len(found) // MAX_BYSTANDERS)][:MAX_BYSTANDERS]
