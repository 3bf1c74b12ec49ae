"""Who speaks when both do. At the caller's first sound the assistant is turned down; then it goes on, or it stops.

Which, an InterruptionDetector says (``agent/turns/interruption.py`` has one; give your own to ``attach``). The
framework's own interruption is switched off by ``min_words`` in ``pipeline/build.py``; it also drops a turn that ends
while the assistant speaks, so whoever is to be answered must have interrupted by then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    SpeechCreatedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
)
from livekit.agents.voice import SpeechHandle, io

from agent.pipeline import ear, output
from agent.turns.backchannels import asks_yes_or_no
from agent.turns.evidence import Asked
from agent.turns.interruption import InterruptionDetector, Overlap, Verdict, WordsAndSound
from agent.turns.levels import CallerLevel, OverlapSound
from store.log import get_logger

log = get_logger(__name__)
SETTLED_S = 1.5  # silence after which no words come any more
UNANSWERED_S, LAST_WORDS_S = 3.0, 0.3
_BEFORE = 4  # frames of sound before the caller's voice was noticed that belong to it
_REMEMBERED = 400  # characters of what the assistant said


class Spoken(io.TextOutput):
    """The assistant's words as they are heard; give it to the room as ``TextOutputOptions(next_in_chain=...)``."""

    def __init__(self) -> None:
        super().__init__(label="spoken", next_in_chain=None)
        self.text = ""
        self._said = False

    async def capture_text(self, text: str) -> None:
        self.text = (text if self._said else self.text + text)[-_REMEMBERED:]
        self._said = False

    def flush(self) -> None:
        self._said = True


@dataclass
class _Both:
    """Both speak."""

    sound: OverlapSound
    words: list[str] = field(default_factory=list[str])
    partial: str = ""
    verdict: Verdict = "wait"
    alone_s: float = 0.0  # for so long the assistant has been silent again

    @property
    def text(self) -> str:
        return " ".join(filter(None, [*self.words, self.partial]))


class Floor:
    """Made by ``attach``; ``spoken`` is told what the assistant says."""

    def __init__(self, session: AgentSession[Any], detector: InterruptionDetector) -> None:
        self._session, self._detector = session, detector
        self.spoken = Spoken()
        self._entered = False
        self._voice: output.GentleOutput | None = None
        self._announced: SpeechHandle | None = None  # the last sentence that is no answer to the caller
        self._caller = CallerLevel()
        self._both: _Both | None = None
        self._before: deque[tuple[float, float]] = deque(maxlen=_BEFORE)
        self._unanswered_s = 0.0  # for so long, what the caller said while nobody else spoke may await its turn's end
        session.on("user_state_changed", self._on_caller)
        session.on("user_input_transcribed", self._on_words)
        session.on("agent_state_changed", self._on_assistant)
        session.on("speech_created", self._on_speech)

    def _on_speech(self, event: SpeechCreatedEvent) -> None:
        if not self._entered:  # the session's audio is there by now, and nothing was said yet
            self._entered = True
            self._voice = output.install(self._session)
            ear.install(self._session, self._on_sound)
        if event.source == "say":
            self._announced = event.speech_handle

    # ---------------------------------------------------------------- what is heard

    def _on_caller(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            if self._is_busy():
                self._begin()
        elif self._both is not None and self._both.words and not self._both.partial:
            self._judge(self._both, over=True)

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        if self._both is None:
            if not self._is_busy():
                self._unanswered_s = UNANSWERED_S if event.is_final else self._unanswered_s
                return
            self._begin()
        both = self._both
        if both is None:
            return
        both.partial = "" if event.is_final else event.transcript
        if event.is_final:
            both.words.append(event.transcript)
        self._judge(both, over=event.is_final and self._session.user_state != "speaking")

    def _on_sound(self, level_db: float, duration_s: float) -> None:
        caller_speaks = self._session.user_state == "speaking"
        self._before.append((level_db, duration_s))
        self._unanswered_s = max(0.0, self._unanswered_s - duration_s)
        if (both := self._both) is None:
            if not caller_speaks or self._session.agent_state != "speaking":
                self._caller.heard(level_db, duration_s, speech=caller_speaks)
            if self._unanswered_s and self._session.current_speech is self._announced and self._stop():
                self._end_turn()
            return
        both.sound.heard(level_db, duration_s)
        both.alone_s = 0.0 if self._is_busy() else both.alone_s + duration_s
        if both.alone_s >= SETTLED_S:
            self._both = None  # what is said by now is an ordinary turn, in whatever noise it began
            return
        settled = not caller_speaks and both.sound.silence_s >= SETTLED_S
        self._judge(both, over=settled)
        if settled and both.verdict == "stop" and both.text:
            self._end_turn()

    def _on_assistant(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "thinking":
            self._unanswered_s = 0.0
        if event.new_state == "speaking" and self._both is not None and self._both.verdict == "wait":
            self._turn_down()

    # ---------------------------------------------------------------- what is done about it

    def _begin(self) -> None:
        if self._both is None:
            self._both = _Both(OverlapSound(self._caller.noise))
            for level_db, duration_s in self._before:  # voice detection takes a moment
                self._both.sound.heard(level_db, duration_s)
            self._turn_down()

    def _judge(self, both: _Both, *, over: bool) -> None:
        verdict = self._detector.decide(self._overlap(both, over=over))
        if over and verdict == "wait":
            verdict = "stop"
        both.verdict = verdict
        if verdict == "wait":
            self._turn_down()
            return
        if verdict == "stop":
            self._stop()
        elif self._voice is not None:
            self._voice.unduck()
        if over or verdict == "stop":
            self._both = None
        if over and verdict == "go_on" and both.words:
            # only after the framework, which is telling us these words right now, has noted them itself
            asyncio.get_running_loop().call_soon(self._forget_words)

    def _overlap(self, both: _Both, *, over: bool) -> Overlap:
        level, usual = both.sound.level, self._caller.usual
        return Overlap(
            voiced_s=both.sound.voiced_s,
            silence_s=both.sound.silence_s,
            words=both.text,
            over=over,
            level_db=None if level is None or usual is None else level - usual,
            swing_db=both.sound.swing_db,
            speaking=self._session.agent_state == "speaking",
            spoken=self.spoken.text,
            asked=Asked.YES_NO if asks_yes_or_no(self.spoken.text) else Asked.NOTHING,
            left_s=self._voice.left_s() if self._voice else None,
        )

    def _turn_down(self) -> None:
        if self._voice is not None and self._session.agent_state == "speaking":
            self._voice.duck()

    def _stop(self) -> bool:
        """Whether there was something to stop."""
        if not self._is_speech_stoppable():
            return False
        log.info("the caller has the floor")
        self._session.interrupt()
        return True

    def _end_turn(self) -> None:
        """For words whose end came while something was being said, which the framework did not take for an end."""
        self._unanswered_s = 0.0
        if self._session.user_state != "speaking":
            self._session.commit_user_turn(transcript_timeout=LAST_WORDS_S)

    def _forget_words(self) -> None:
        if self._both is None and self._session.user_state != "speaking":
            self._session.clear_user_turn()

    def _is_busy(self) -> bool:
        """Whether the assistant speaks, or works on an answer."""
        return self._session.agent_state == "thinking" or self._is_speech_stoppable()

    def _is_speech_stoppable(self) -> bool:
        speech = self._session.current_speech
        return speech is not None and not speech.done() and not speech.interrupted and speech.allow_interruptions


def attach(session: AgentSession[Any], detector: InterruptionDetector | None = None) -> Floor:
    """Watches the session, from before its start; takes its place at the session's audio at the first speech."""
    return Floor(session, detector or WordsAndSound())
