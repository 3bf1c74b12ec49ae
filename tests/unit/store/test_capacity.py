"""How many calls a machine holds: by what was measured on it, else by what it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from store import capacity
from store.capacity import Machine, Measured
from store.errors import SettingsError

MACHINE = Machine(4.0, 16_000)
MEASURED = Measured(
    MACHINE, turn_core_s=0.8, answer_ms=620.0, lag_ms=1.0, recognise_ms=90, end_of_turn_ms=15, embed_ms=8, speak_ms=110,
    others=0.1,
)  # fmt: skip


def test_a_machine_that_nobody_measured_is_given_two_calls_a_core() -> None:
    assert capacity.calls_unmeasured(Machine(4.0, 16_000)) == 8
    assert capacity.calls_unmeasured(Machine(0.5, 16_000)) == 1
    assert capacity.calls_unmeasured(Machine(64.0, 2_000)) == 5  # memory is what it lacks


def test_dearer_turns_make_fewer_calls() -> None:
    assert capacity.calls_at_goal(MEASURED) == 9  # 4 cores, 60 % of them, for 0.8 s every 8 s and 15 % beside it
    assert capacity.calls_at_goal(replace(MEASURED, turn_core_s=1.6)) == 6
    assert capacity.calls_at_goal(replace(MEASURED, turn_core_s=100.0)) == 1


def test_memory_bounds_what_the_cores_would_hold() -> None:
    assert capacity.calls_at_goal(replace(MEASURED, machine=Machine(4.0, 2_000))) == 5


def test_a_machine_that_is_too_slow_for_one_call_holds_no_second() -> None:
    assert capacity.calls_at_goal(replace(MEASURED, answer_ms=1500.0)) == 1


def test_figures_are_kept_and_read_again(tmp_path: Path) -> None:
    capacity.keep(tmp_path / "home", MEASURED)
    assert capacity.read(tmp_path / "home") == MEASURED


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"machine": {"cores": 2}}', '{"machine": 5, "turn_core_s": 1}', "{"])
def test_a_file_that_says_something_else_counts_for_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / capacity.FILE).write_text(text)
    assert capacity.read(tmp_path) is None


@pytest.mark.parametrize(
    "figure", ["NaN", "Infinity", "-1", "-1.2"]
)  # -1.2: no core time at all, with the rest of a call
@pytest.mark.parametrize("name", ["turn_core_s", "answer_ms"])
def test_figures_that_cannot_be_stop_no_worker(tmp_path: Path, name: str, figure: str) -> None:
    path = capacity.keep(tmp_path, MEASURED)
    path.write_text(path.read_text().replace(f'"{name}": {getattr(MEASURED, name)}', f'"{name}": {figure}'))
    assert figure in path.read_text()
    assert capacity.calls_of_this_machine(tmp_path) >= 1
    assert capacity.read(tmp_path) is None


def test_figures_of_another_machine_count_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capacity.keep(tmp_path, MEASURED)
    monkeypatch.setattr(capacity, "this_machine", lambda: MACHINE)
    assert capacity.calls_of_this_machine(tmp_path) == 9
    assert capacity.calls_of_this_machine(None) == 8
    monkeypatch.setattr(capacity, "this_machine", lambda: Machine(2.0, 16_000))  # moved to a smaller one
    assert capacity.calls_of_this_machine(tmp_path) == 4


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="could not be kept"):
        capacity.keep(tmp_path / "file", MEASURED)


def test_this_machine_has_something() -> None:
    machine = capacity.this_machine()
    assert machine.cores > 0
    assert machine.memory_mb > 100
