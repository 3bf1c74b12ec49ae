"""What calls tell of their turns becomes figures for Prometheus, with labels that no call can make."""

from __future__ import annotations

from uuid import uuid4

from agent.turns.stopwatch import NAMES
from ingest.events import LiveHub
from ingest.metrics import TURN_STAGES, Metrics
from store.live import LiveEvent


def test_every_figure_of_a_turn_has_its_stage() -> None:
    assert set(TURN_STAGES) == set(NAMES)


def test_an_answer_that_is_told_live_is_counted_in_seconds() -> None:
    metrics = Metrics()
    told = {"id": "1", "role": "assistant", "latency_ms": {"heard": 640.0, "wait": 300, "of my own": 5.0, "e2e": None}}
    LiveHub("", metrics).deliver(LiveEvent(uuid4(), "message.added", told))
    text = metrics.text().decode()
    assert 'voiceloop_turn_seconds_sum{stage="heard"} 0.64' in text
    assert 'voiceloop_turn_seconds_bucket{le="0.8",stage="heard"} 1.0' in text
    assert 'voiceloop_turn_seconds_bucket{le="0.6",stage="heard"} 0.0' in text
    assert 'voiceloop_turn_seconds_count{stage="wait"} 1.0' in text
    assert "of my own" not in text


def test_other_news_and_rows_that_were_too_long_to_tell_count_nothing() -> None:
    metrics = Metrics()
    hub = LiveHub("", metrics)
    hub.deliver(LiveEvent(uuid4(), "message.added", {"id": "1"}))
    hub.deliver(LiveEvent(uuid4(), "document.updated", {"id": "1", "latency_ms": {"heard": 1.0}}))
    assert 'voiceloop_turn_seconds_count{stage="heard"} 0.0' in metrics.text().decode()
