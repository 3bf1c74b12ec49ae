"""What time it is. Injected everywhere a rule depends on the date, so that tests and demonstrations can choose it."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
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
    if text[0] in "+-" and (seconds := _seconds(text)) is not None:
        return SystemClock(timedelta(seconds=seconds))
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"VOICELOOP_NOW must be an ISO instant such as 2026-11-21T09:00:00Z, not {text!r}."
        ) from error
    if start.tzinfo is None:
        raise SettingsError("VOICELOOP_NOW needs an offset, for example a Z at its end.")
    return SystemClock(start - datetime.now(UTC))


def pin_clock(environment: MutableMapping[str, str]) -> None:
    """Turn an instant in ``VOICELOOP_NOW`` into the shift it means now (``+SECONDS``), for processes started from here.

    Without it every one of them would begin at that instant anew. Raises as ``clock_from_environment`` does.
    """
    if environment.get("VOICELOOP_NOW", "").strip():
        shift = clock_from_environment(environment).now() - datetime.now(UTC)
        environment["VOICELOOP_NOW"] = f"{shift.total_seconds():+.3f}"


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
