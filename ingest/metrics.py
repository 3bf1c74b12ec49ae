"""The sidecar's Prometheus figures, in a registry of its own. Labels are route templates, never addresses or names."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


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
        self.job_restarts = Counter(
            "voiceloop_job_process_restarts", "Times the job process had to be started again", registry=self.registry
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)
