"""How long callers wait, measured from the sound of both sides; ``Transcript`` keeps the figures with the sentences.

Only looks at sound that passes, and never holds it up. What is measured and how is in ``agent/turns/stopwatch.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import AgentSession, SpeechCreatedEvent, UserStateChangedEvent
from livekit.agents.llm import ChatMessage

from agent.behaviors.watchdog import Watchdog
from agent.pipeline.ear import ear_of
from agent.pipeline.output import gentle_of
from agent.turns.stopwatch import Stopwatch


class Heard:
    """Made by ``attach``. ``figures(message)``: what is known of a sentence that was just said, in milliseconds."""

    def __init__(
        self,
        session: AgentSession[Any],
        guard: Watchdog,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._session, self._guard, self._now, self._wall = session, guard, now, wall
        self._watch = Stopwatch()
        self._listens = False
        guard.bridge.on_words = lambda: self._watch.words_began(self._now())
        guard.bridge.on_voice = lambda lead_s: self._watch.voice_began(self._now(), lead_s)
        session.on("speech_created", self._on_speech)
        session.on("user_state_changed", self._on_caller)

    def figures(self, message: ChatMessage) -> dict[str, float]:
        if message.role == "assistant":
            return self._watch.figures(interrupted=message.interrupted)
        self._turn_ended(message.metrics or {})
        return {}

    def _turn_ended(self, metrics: Mapping[str, Any]) -> None:
        """The framework's moments are on the clock of the wall, counted from where voice detection saw the end."""
        stopped = metrics.get("stopped_speaking_at")
        if stopped is None:
            self._watch.turn_ended(None, None, self._now())
            return
        stopped_at = self._now() - (self._wall() - stopped)
        transcript_s, decision_s = metrics.get("transcription_delay"), metrics.get("end_of_turn_delay")
        self._watch.turn_ended(
            stopped_at,
            None if transcript_s is None else stopped_at + transcript_s,
            self._now() if decision_s is None else stopped_at + decision_s,
        )

    def _on_speech(self, _event: SpeechCreatedEvent) -> None:
        """At the first one the floor has taken its place at the session's audio, and nothing was said yet."""
        if self._listens:
            return
        self._listens = True
        if (ear := ear_of(self._session)) is not None:
            ear.listeners.append(lambda frame: self._watch.caller_sounds(_mono(frame), frame.sample_rate, self._now()))
        if (voice := gentle_of(self._session)) is not None:
            voice.hearers.append(self._on_sound)
            voice.on_silenced = lambda: self._watch.assistant_silenced(self._now())

    def _on_sound(self, frame: rtc.AudioFrame, offset_s: float, at: float) -> None:
        self._watch.assistant_sounds(
            _mono(frame), frame.sample_rate, offset_s=offset_s, at=at, filler=self._guard.fills
        )

    def _on_caller(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._watch.caller_began(self._now())
        elif event.old_state == "speaking":
            self._watch.caller_rested(self._now())


def _mono(frame: rtc.AudioFrame) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.frombuffer(frame.data, np.int16)[:: frame.num_channels]


def attach(session: AgentSession[Any], guard: Watchdog) -> Heard:
    """After the floor: its ear and its voice are what is listened to. Without sound nothing is measured."""
    return Heard(session, guard)
