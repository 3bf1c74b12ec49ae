"""The offline brain understands at least nine of ten held-in sentences completely, and four of five held-out ones."""

from __future__ import annotations

import pytest

from agent.brain.reading import Reader
from tests.evals.brain.scoring import load, score


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(("name", "least", "lines"), [("held_in", 0.9, 200), ("held_out", 0.8, 60)])
def test_sentences_are_understood(reader: Reader, name: str, least: float, lines: int) -> None:
    scored = [score(line, reader) for line in load(name)]
    wrong = [f"{item.label}: {item.text} -> {item.got}" for item in scored if not item.right]
    assert len(scored) >= lines
    assert 1 - len(wrong) / len(scored) >= least, "\n".join(wrong) if name == "held_in" else len(wrong)
