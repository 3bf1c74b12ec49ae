"""Spoken times are read exactly right or rightly asked about, and hardly ever silently wrong; held in and held out."""

from __future__ import annotations

import pytest

from tests.evals.language.ours import listen
from tests.evals.language.scoring import load, score


@pytest.mark.parametrize(("name", "lines"), [("held_in", 200), ("held_out", 100), ("tuned_after_first_run", 300)])
def test_spoken_times_are_read(name: str, lines: int) -> None:
    scored = [score(line, listen) for line in load(name)]
    missed = [f"{one.outcome}: {one.said} -> {one.got}" for one in scored if not one.right]
    silently_wrong = sum(one.outcome == "wrong" for one in scored)
    told = "\n".join(missed) if name != "held_out" else f"{len(missed)} phrases"
    assert len(scored) >= lines
    assert 1 - len(missed) / len(scored) >= 0.95, told
    assert silently_wrong / len(scored) <= 0.02, told
