"""What the doctor says of the machine's speed, and when it keeps the figures for the worker."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from ingest import doctor_capacity
from ingest.doctor_capacity import SelfTest
from store import capacity
from store.capacity import Machine, Measured

MEASURED = Measured(
    Machine(4.0, 16_000), turn_core_s=0.8, answer_ms=620, lag_ms=1, recognise_ms=90, end_of_turn_ms=15, embed_ms=8,
    speak_ms=110, others=0.1,
)  # fmt: skip


def told(measured: Measured, home: Path, **said: Any) -> dict[str, tuple[str, str]]:
    test = SelfTest({"text": "What can you do?", "measured": asdict(measured), **said})
    return {what: (state, detail) for what, state, detail in doctor_capacity.findings(test, home)}


def test_it_says_the_latency_and_the_number_of_calls_and_why_no_more(tmp_path: Path) -> None:
    found = told(MEASURED, tmp_path)
    assert found["Answer heard after"] == (
        "ok",
        "about 0.62 s from the last word to the first sound, with one call (estimated)",
    )
    said = "9 with 95 of 100 answers heard within 1.2 s, limited by its processors (4 cores"
    assert found["Calls at once"][1].startswith(said)
    assert "limited by its memory" in told(replace(MEASURED, machine=Machine(4.0, 2_000)), tmp_path)["Calls at once"][1]


def test_what_a_quiet_machine_showed_is_kept_for_the_worker(tmp_path: Path) -> None:
    assert told(MEASURED, tmp_path)["Kept"][0] == "ok"
    assert capacity.read(tmp_path) == MEASURED


def test_what_a_busy_machine_showed_is_not_kept(tmp_path: Path) -> None:
    state, detail = told(replace(MEASURED, others=3.0), tmp_path)["Kept"]
    assert (state, "other programs" in detail, capacity.read(tmp_path)) == ("note", True, None)


def test_a_slow_machine_is_told_what_would_help(tmp_path: Path) -> None:
    found = told(replace(MEASURED, answer_ms=1500, lag_ms=40), tmp_path)
    assert found["Answer heard after"][0] == found["Event loop"][0] == "note"
    assert "faster cores" in found["Answer heard after"][1]
    assert found["Calls at once"][1].startswith("1, even so not with 95 of 100 answers heard within 1.2 s")


def test_a_busy_machine_is_not_called_slow(tmp_path: Path) -> None:
    state, detail = told(replace(MEASURED, answer_ms=1500, others=3.0), tmp_path)["Answer heard after"]
    assert (state, "other programs" in detail, "faster cores" in detail) == ("note", True, False)


@pytest.mark.parametrize("said", [{}, {"measured": {"machine": {}}}, {"measured": 5}, {"measured": {"machine": 1}}])
def test_a_worker_of_another_version_measures_nothing(said: dict[str, Any]) -> None:
    assert doctor_capacity.measured_in(said) is None


def test_models_that_do_not_work_are_essential(tmp_path: Path) -> None:
    (found,) = doctor_capacity.findings(SelfTest(None, "no voice"), tmp_path)
    assert found == ("Self-test", "missing", "no voice")
    heard = told(MEASURED, tmp_path, text="")["It heard"]
    assert heard == ("missing", "nothing")
