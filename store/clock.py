"""What time it is. Injected everywhere a rule depends on the date, so that tests and demonstrations can choose it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from store.errors import SettingsError


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock, optionally shifted by a constant (``VOICELOOP_NOW``)."""

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


class FixedClock:
    """Stands still until told to move."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by


def clock_from_environment(environment: Mapping[str, str]) -> Clock:
    """The system clock, or one that started at the ISO instant in ``VOICELOOP_NOW`` and runs on.

    Raises SettingsError when the value is no instant with an offset.
    """
    text = environment.get("VOICELOOP_NOW", "").strip()
    if not text:
        return SystemClock()
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"VOICELOOP_NOW must be an ISO instant such as 2026-11-21T09:00:00Z, not {text!r}."
        ) from error
    if start.tzinfo is None:
        raise SettingsError("VOICELOOP_NOW needs an offset, for example a Z at its end.")
    return SystemClock(start - datetime.now(UTC))
