"""Another detector is found by its name, and a call outlives its faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent.turns.interruption import Overlap, WordsAndSound
from agent.turns.plugged import detector_factory

STOP = Overlap(voiced_s=0.5, words="stop")
HERE = "tests.unit.turns.test_plugged"


class Stubborn:
    """Never yields."""

    def decide(self, overlap: Overlap) -> Any:
        return "go_on"


class Counting(Stubborn):
    """Fails at the second question."""

    def __init__(self) -> None:
        self.asked = 0

    def decide(self, overlap: Overlap) -> Any:
        self.asked += 1
        if self.asked == 2:
            raise ZeroDivisionError
        return super().decide(overlap)


class Rambling:
    def decide(self, overlap: Overlap) -> Any:
        return "perhaps"


def unwilling() -> Stubborn:
    raise RuntimeError("no model here")


def test_without_a_name_it_is_the_built_in_one() -> None:
    assert isinstance(detector_factory("")(), WordsAndSound)


def test_the_named_one_decides() -> None:
    assert detector_factory(f"{HERE}:Stubborn")().decide(STOP) == "go_on"


def test_every_call_has_its_own() -> None:
    new = detector_factory(f"{HERE}:Counting")
    assert [new().decide(STOP) for _ in range(3)] == ["go_on"] * 3


@pytest.mark.parametrize("name", ["Rambling", "unwilling"])
def test_one_that_fails_is_replaced(name: str) -> None:
    assert detector_factory(f"{HERE}:{name}")().decide(STOP) == "stop"


def test_one_that_failed_is_not_asked_again_in_this_call() -> None:
    detector = detector_factory(f"{HERE}:Counting")()
    assert [detector.decide(STOP) for _ in range(3)] == ["go_on", "stop", "stop"]


NO_NAMES = ["nowhere", "no.such.module:Thing", f"{HERE}:Nothing", f"{HERE}:HERE", ":x", "x:", ".relative:x"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_that_cannot_be_loaded_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"must|cannot"):
        detector_factory(name)


@pytest.mark.parametrize("source", ["def (", "raise RuntimeError('no licence')", "1 / 0"])
def test_a_module_that_cannot_be_run_is_refused_with_its_reason(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"detector_{uuid4().hex}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"^cannot be loaded: \w"):
        detector_factory(f"{name}:New")
