"""Structured JSON logs: a static message plus fields, personal values under ``pii.`` keys, secrets never.

Fields whose name sounds like a secret are masked; what looks like one in any text, tracebacks included, is too.
Call ``configure`` once at a program's root; everywhere else ``log = get_logger(__name__)``.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(r"(secret|password|token|api_key|authorization|cookie)", re.IGNORECASE)

_CREDENTIALS = (  # as they stand in messages and tracebacks; none crosses a quote, so that JSON stays JSON
    (re.compile(r"\bvl_[A-Za-z0-9_-]{8,}"), "vl_***"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), "***"),  # a JWT
    (re.compile(r"\bsk-[A-Za-z0-9_-]{16,}"), "sk-***"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"(://[^\s:/@\"'\\]*):[^\s/\"'\\]+@"), r"\1:***@"),  # in a URL
    (re.compile(r"\b(\w*(?:password|passwd|secret|token|session)=['\\]*)[^\s\"'\\,;&)}]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"(\w*(?:password|secret|token|api_key)\\*[\"']: \\*[\"'])[^\"'\\]+", re.IGNORECASE), r"\1***"),
)
# one of these is in whatever a pattern matches; looking for them costs a hundredth of trying the patterns
_SIGNS = ("vl_", "eyj", "sk-", "bearer", "basic", "://", "passw", "secret", "token", "session", "api_key")


def scrub(text: str) -> str:
    """``text`` without keys, tokens, and passwords of URLs, connection strings and headers."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return text
    for pattern, instead in _CREDENTIALS:
        text = pattern.sub(instead, text)
    return text


class _Scrubbing(structlog.stdlib.ProcessorFormatter):
    """The last thing every line goes through, whoever logged it."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def configure(*, pretty: bool = False, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's records to stderr in one form (JSON, or plain text for a terminal)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer(colors=False) if pretty else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Scrubbing(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.ExtraAdder(), mask_secrets],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def configure_forwarded() -> None:
    """For a process whose standard-library records another process collects: hand ours over in that form, masked."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            mask_secrets,
            structlog.stdlib.render_to_log_kwargs,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger(name)


def mask_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every field whose name sounds like a secret."""
    for key in event:
        if _SECRET.search(key):
            event[key] = "***"
    return event
