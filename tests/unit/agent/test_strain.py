"""When a worker is overloaded and when it is not any more, by samples as they were recorded; a clock of our own."""

from __future__ import annotations

import pytest

from agent.lines import FULL, REFUSALS, Lines
from agent.strain import Strain

EVERY_S = 0.25


def fed(strain: Strain, at_s: float, seconds: float, lag_s: float = 0.0, wait_s: float = 0.0) -> float:
    """Samples of one kind for so long; returns the time after them."""
    for _ in range(round(seconds / EVERY_S)):
        at_s += EVERY_S
        strain.note(at_s, lag_s, wait_s)
    return at_s


def test_a_quiet_worker_is_not_strained() -> None:
    strain = Strain()
    fed(strain, 0.0, 60.0, lag_s=0.004, wait_s=0.01)
    assert not strain.is_strained
    assert (strain.lag_s, strain.wait_s) == (0.004, 0.01)


def test_one_hiccup_is_none() -> None:
    strain = Strain()
    at = fed(strain, 0.0, 10.0, lag_s=0.005)
    at = fed(strain, at, 1.0, lag_s=2.0)  # a garbage collection, a swap, a snapshot
    assert not strain.is_strained
    fed(strain, at, 10.0, lag_s=0.005)
    assert not strain.is_strained


def test_the_first_seconds_of_a_start_say_nothing() -> None:
    strain = Strain()
    at = fed(strain, 0.0, 2.0, lag_s=1.0)
    assert not strain.is_strained
    fed(strain, at, 2.0, lag_s=1.0)
    assert strain.is_strained


@pytest.mark.parametrize(("lag_s", "wait_s"), [(0.3, 0.0), (0.0, 0.9)])
def test_either_a_late_loop_or_a_queue_before_a_model_is_strain(lag_s: float, wait_s: float) -> None:
    strain = Strain()
    fed(strain, 0.0, 6.0, lag_s=lag_s, wait_s=wait_s)
    assert strain.is_strained


def test_it_does_not_swing_with_what_lies_between_the_two_bounds() -> None:
    strain = Strain()
    at = fed(strain, 0.0, 6.0, lag_s=0.2)
    at = fed(strain, at, 60.0, lag_s=0.09)  # below the bound, above half of it
    assert strain.is_strained
    at = fed(strain, at, 8.0, lag_s=0.03)
    assert strain.is_strained  # calm, but not for long enough
    at = fed(strain, at, 4.0, lag_s=0.03)
    assert not strain.is_strained
    fed(strain, at, 60.0, lag_s=0.09)
    assert not strain.is_strained


def test_a_worker_says_it_is_nearly_full_only_when_it_is() -> None:
    lines = Lines(4)
    loads = [lines.load(jobs) for jobs in range(4)]
    assert loads == sorted(loads)
    assert loads[-1] < FULL < 0.7  # from there on livekit-server sends nothing
    assert FULL == lines.load(4) == lines.load(4 + REFUSALS - 1)
    assert lines.load(4 + REFUSALS) == 1.0


def test_strain_keeps_the_calls_there_are_and_ends_with_all_lines_open() -> None:
    lines = Lines(8)
    lines.note_strain(strained=True, jobs=3)
    lines.note_strain(strained=True, jobs=5)  # two more are there to hear that all lines are busy
    assert (lines.limit, lines.load(3)) == (3, FULL)
    lines.note_strain(strained=False, jobs=2)
    assert (lines.limit, lines.is_limited) == (8, False)


def test_a_strained_worker_without_calls_still_takes_one() -> None:
    lines = Lines(8)
    lines.note_strain(strained=True, jobs=0)
    assert lines.limit == 1
    assert lines.load(0) == 0.0


def test_a_full_worker_gives_way_only_to_one_that_has_room() -> None:
    lines = Lines(2)
    assert not lines.gives_way(2)
    lines.free_elsewhere = 1
    assert lines.gives_way(2)
    assert not lines.gives_way(1)
