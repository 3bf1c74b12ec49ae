"""How loud the caller is, measured on the way from the microphone to the session, which gets every frame unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import AgentSession
from livekit.agents.voice import io

QUIETEST_DB = -96.0


class Ear(io.AudioInput):
    """Stands behind ``source``; calls ``on_sound(level in dB of full scale, duration in seconds)`` for each frame."""

    def __init__(self, source: io.AudioInput, on_sound: Callable[[float, float], None]) -> None:
        super().__init__(label="ear", source=source)
        self._on_sound = on_sound
        self.listeners: list[Callable[[rtc.AudioFrame], None]] = []  # get each frame; must not wait

    async def __anext__(self) -> rtc.AudioFrame:
        frame = await super().__anext__()
        self._on_sound(level_db(frame), frame.duration)
        for hear in self.listeners:
            hear(frame)
        return frame


def level_db(frame: rtc.AudioFrame) -> float:
    """Root mean square of the frame."""
    samples = np.frombuffer(frame.data, np.int16).astype(np.float32)
    power = float(np.mean(samples * samples)) if len(samples) else 0.0
    return 10 * float(np.log10(power / 32768**2)) if power > 0 else QUIETEST_DB


def install(session: AgentSession[Any], on_sound: Callable[[float, float], None]) -> None:
    """Puts an Ear behind the session's microphone, if it has one."""
    if session.input.audio is not None:
        session.input.audio = Ear(session.input.audio, on_sound)


def ear_of(session: AgentSession[Any]) -> Ear | None:
    """The one that was installed."""
    source = session.input.audio
    while source is not None and not isinstance(source, Ear):
        source = source.source
    return source
