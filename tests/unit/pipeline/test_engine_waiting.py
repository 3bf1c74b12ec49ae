"""What urgent requests took to their first answer; guesses may take longer, and do not count."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline.engines import waiting
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.waiting import LATELY_S, Lanes, QueuedRequest, RequestQueue


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    return clock


def request(clock: Clock, priority: int) -> QueuedRequest:
    def reply(_header: dict[str, Any], _payload: bytes) -> None: ...

    return QueuedRequest(priority, 1, Frame({"id": 1}), reply, came=clock.now)


def served_after(queue: RequestQueue, clock: Clock, wait_s: float, priority: int = 0) -> None:
    queue.put(request(clock, priority))
    queue.get()
    clock.now += wait_s
    queue.note_answer()
    clock.now += 5.0 if priority else 0.0
    queue.note_answer()  # only the first one is waited for


def test_it_is_the_median_of_the_last_seconds(clock: Clock) -> None:
    queue = RequestQueue()
    assert queue.waited_s == 0.0
    for wait_s in (0.1, 0.2, 3.0):
        served_after(queue, clock, wait_s)
    assert queue.waited_s == pytest.approx(0.2)
    clock.now += LATELY_S + 1
    assert queue.waited_s == 0.0


def test_guesses_do_not_count(clock: Clock) -> None:
    queue = RequestQueue()
    served_after(queue, clock, 2.0, priority=2)
    assert queue.waited_s == 0.0


def test_of_all_lanes_the_busiest_counts(clock: Clock) -> None:
    lanes = Lanes(("end_of_turn",))
    served_after(lanes.of("transcribe"), clock, 0.1)
    served_after(lanes.of("end_of_turn"), clock, 0.5)
    assert lanes.waited_s == pytest.approx(0.5)
