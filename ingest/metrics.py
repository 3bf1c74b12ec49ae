"""The sidecar's Prometheus figures, in a registry of its own. Labels are route templates, never addresses or names.

Calls run in processes of their own, which nobody can scrape; what they tell live (`message.added`) is counted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from store.places import WorkerPlaces

# as `agent/turns/stopwatch.py` names them: a fixed set, so that no call can make labels
TURN_STAGES: Final = (
    "heard",
    "first_sound",
    "wait",
    "to_transcript",
    "to_decision",
    "to_words",
    "to_voice",
    "to_sound",
    "to_silence",
)
_TURN_BUCKETS_S: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 4.0, 8.0, 15.0)


class Metrics:
    """Counters of one sidecar process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "voiceloop_http_requests", "Answered requests", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "voiceloop_http_request_seconds", "Time to answer", ["method", "route"], registry=self.registry
        )
        self.listeners = Gauge("voiceloop_live_listeners", "Open live streams", registry=self.registry)
        self.dropped = Counter(
            "voiceloop_live_listeners_dropped", "Live streams closed because they were too slow", registry=self.registry
        )
        self.dispatches = Counter(
            "voiceloop_dispatches", "Agents asked for by the dispatch watch", ["reason"], registry=self.registry
        )
        self.jobs = Gauge("voiceloop_queue_jobs", "Background jobs in the queue", ["status"], registry=self.registry)
        self.workers = Gauge("voiceloop_workers_ready", "Call workers that are registered", registry=self.registry)
        self.places = Gauge("voiceloop_call_places", "Calls that the ready workers can hold", registry=self.registry)
        self.calls = Gauge("voiceloop_calls_held", "Calls that the ready workers hold", registry=self.registry)
        self.strained = Gauge(
            "voiceloop_workers_strained", "Ready workers that are overloaded and take no call", registry=self.registry
        )
        self.lag = Gauge(
            "voiceloop_worker_lag_seconds", "How late the latest worker's event loop is", registry=self.registry
        )
        self.wait = Gauge(
            "voiceloop_engine_wait_seconds", "What callers' requests wait for a speech model", registry=self.registry
        )
        self.refused = Counter(
            "voiceloop_calls_refused", "Tokens refused because no line was free", ["reason"], registry=self.registry
        )
        self.job_restarts = Counter(
            "voiceloop_job_process_restarts", "Times the job process had to be started again", registry=self.registry
        )

        self.turns = Histogram(
            "voiceloop_turn_seconds",
            "Where callers' waiting for spoken answers went, since this sidecar listens",
            ["stage"],
            buckets=_TURN_BUCKETS_S,
            registry=self.registry,
        )
        for stage in TURN_STAGES:
            self.turns.labels(stage)

    def count_turn(self, latency_ms: Mapping[str, Any]) -> None:
        """The figures of one answer, in milliseconds by stage; what is none of ours is passed over."""
        for stage in TURN_STAGES:
            if isinstance(taken_ms := latency_ms.get(stage), int | float):
                self.turns.labels(stage).observe(taken_ms / 1000)

    def note_workers(self, workers: Sequence[WorkerPlaces]) -> None:
        """What is there now; nothing where nobody could be asked."""
        self.workers.set(len(workers))
        self.places.set(sum(one.capacity for one in workers))
        self.calls.set(sum(one.held for one in workers))
        self.strained.set(sum(one.is_strained for one in workers))
        self.lag.set(max((one.lag_s for one in workers), default=0.0))
        self.wait.set(max((one.wait_s for one in workers), default=0.0))

    def text(self) -> bytes:
        return generate_latest(self.registry)
