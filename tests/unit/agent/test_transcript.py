"""Latency is stored under the names people see, in milliseconds, and only where it was measured."""

from __future__ import annotations

from agent.behaviors.transcript import latency_ms


def test_seconds_become_milliseconds() -> None:
    assert latency_ms({"e2e_latency": 0.5, "playback_latency": 0.125, "llm_node_ttft": 0.0304}) == {
        "e2e": 500.0,
        "playback": 125.0,
        "llm_ttft": 30.4,
    }


def test_what_was_not_measured_is_not_invented() -> None:
    assert latency_ms({}) == {}
