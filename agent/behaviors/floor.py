"""Who speaks when both do. At the caller's first sound the assistant is turned down; then it goes on, or it stops.

Which, an InterruptionDetector says (``agent/turns/interruption.py`` has one; give your own to ``attach``). The
framework's own machinery is off in ``pipeline/build.py``: ``min_words``, and its pausing of what is to be resumed. It
still drops a turn that ends while the assistant speaks, so whoever is to be answered must have interrupted by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    CloseEvent,
    SpeechCreatedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
)
from livekit.agents.voice import SpeechHandle

from agent.behaviors.spoken import Spoken
from agent.behaviors.talking_over import AssistantVoice, CallerSound, TalkingOver
from agent.pipeline import ear, output
from agent.turns.interruption import InterruptionDetector, Overlap, WordsAndSound
from store.log import get_logger

log = get_logger(__name__)
SETTLED_S = 1.5  # silence after which no words come any more
UNANSWERED_S, LAST_WORDS_S = 3.0, 0.3
HOLD_S = 1.0  # an answer does not begin over a caller who goes on, unless nothing shows that they do
HOLD_ANNOUNCEMENT_S = 3.0


class Floor:
    """Made by ``attach``; ``spoken`` is told what the assistant says."""

    def __init__(
        self,
        session: AgentSession[Any],
        detector: InterruptionDetector,
        is_filler: Callable[[SpeechHandle], bool] = lambda _: False,
        on_forgotten: Callable[[], None] = lambda: None,
    ) -> None:
        self._session, self._detector, self._is_filler = session, detector, is_filler
        self._on_forgotten = on_forgotten
        self.spoken = Spoken()
        self._entered = self._closed = False
        self._voice, self._caller = AssistantVoice(), CallerSound()
        self._announced: SpeechHandle | None = None  # the last sentence that is no answer to the caller
        self._both: TalkingOver | None = None
        self._unanswered_s = 0.0  # for so long, what the caller said while nobody else spoke may await its turn's end
        session.on("user_state_changed", self._on_caller)
        session.on("user_input_transcribed", self._on_words)
        session.on("agent_state_changed", self._on_assistant)
        session.on("speech_created", self._on_speech)
        session.on("close", self._on_close)

    def _on_speech(self, event: SpeechCreatedEvent) -> None:
        if not self._entered:  # the session's audio is there by now, and nothing was said yet
            self._entered = True
            self._voice.output = output.install(self._session)
            ear.install(self._session, self._on_sound)
        if event.source == "say":
            self._announced = event.speech_handle
            if self._session.user_state == "speaking":
                self._voice.hold(HOLD_ANNOUNCEMENT_S)

    def _on_close(self, _: CloseEvent) -> None:
        self._closed, self._both = True, None
        self._voice.let_go()

    # ---------------------------------------------------------------- what is heard

    def _on_caller(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            if self._is_busy():
                self._begin()
            return
        if self._both is not None and self._both.words and not self._both.partial:
            self._judge(self._both, over=True)
        if self._both is None:
            self._voice.let_go()

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        if self._both is None:
            if not self._is_busy():
                self._unanswered_s = UNANSWERED_S if event.is_final else self._unanswered_s
                return
            self._begin()
        both = self._both
        if both is None:
            return
        both.hear(event.transcript, is_final=event.is_final)
        self._judge(both, over=event.is_final and self._session.user_state != "speaking")

    def _on_sound(self, level_db: float, duration_s: float) -> None:
        caller_speaks = self._session.user_state == "speaking"
        self._caller.passed(level_db, duration_s)
        self._unanswered_s = max(0.0, self._unanswered_s - duration_s)
        if (both := self._both) is None:
            if not caller_speaks or self._session.agent_state != "speaking":
                self._caller.alone(level_db, duration_s, speech=caller_speaks)
            self._expect(level_db, duration_s)
            if self._unanswered_s and self._is_announcing() and self._stop():
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

    def _expect(self, level_db: float, duration_s: float) -> None:
        """Turns the voice down for what may be the caller's first syllable, a tenth of a second before that is sure."""
        if self._session.agent_state != "speaking" or not self._is_speech_stoppable():
            return
        sign = self._caller.onset.heard(level_db, duration_s)
        if sign == "began":
            self._voice.duck()
        elif sign == "nothing":
            self._voice.unduck()

    def _on_assistant(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "thinking":
            self._unanswered_s = 0.0
        if event.new_state == "speaking" and self._both is not None and self._both.verdict == "wait":
            self._turn_down()

    # ---------------------------------------------------------------- what is done about it

    def _begin(self) -> None:
        if self._both is None and not self._closed:
            self._both = TalkingOver(self._caller.begun(), self._session.current_speech)
            self._turn_down()

    def _judge(self, both: TalkingOver, *, over: bool) -> None:
        overlap = self._overlap(both, over=over)
        verdict = self._detector.decide(overlap)
        if over and verdict == "wait":
            verdict = "stop"
        both.verdict = verdict
        if verdict == "wait":
            self._turn_down()
            return
        if verdict == "stop" and self._stop():
            voiced_s, level_db = round(overlap.voiced_s, 2), _rounded(overlap)
            log.info("the caller has the floor", voiced_s=voiced_s, level_db=level_db, over=over)
        else:  # also where something is said that nothing stops
            self._voice.unduck()
        self._voice.let_go()
        if over or verdict == "stop":
            self._both = None
        if over and verdict == "go_on":
            log.info("the assistant keeps the floor", voiced_s=round(overlap.voiced_s, 2), level_db=_rounded(overlap))
        if over and verdict == "go_on" and both.text and not (both.speech and both.speech.interrupted):
            # only after the framework, which is telling us these words right now, has noted them itself
            asyncio.get_running_loop().call_soon(self._forget_words)

    def _overlap(self, both: TalkingOver, *, over: bool) -> Overlap:
        return both.overlap(
            over=over,
            usual_db=self._caller.usual,
            speaking=self._session.agent_state == "speaking",
            spoken=self.spoken.text,
            left_s=self._voice.left_s(),
        )

    def _turn_down(self) -> None:
        if self._both is None:
            return
        if self._session.agent_state == "speaking":
            self._voice.duck()
        elif not self._both.is_held:
            self._both.is_held = True
            self._voice.hold(HOLD_S)

    def _stop(self) -> bool:
        """Whether there was something to stop."""
        if not self._is_speech_stoppable():
            return False
        self._session.interrupt()
        return True

    def _end_turn(self) -> None:
        """For words whose end came while something was being said, which the framework did not take for an end."""
        self._unanswered_s = 0.0
        if self._session.user_state != "speaking" and not self._closed:
            self._session.commit_user_turn(transcript_timeout=LAST_WORDS_S)

    def _forget_words(self) -> None:
        if self._both is None and not self._closed and self._session.user_state != "speaking":
            self._session.clear_user_turn()
            self._on_forgotten()

    def _is_busy(self) -> bool:
        """Whether the assistant speaks, or works on an answer."""
        return self._session.agent_state == "thinking" or self._is_speech_stoppable()

    def _is_announcing(self) -> bool:
        """What is no answer to the caller, nor meant for whoever waits for one."""
        speech = self._session.current_speech
        return speech is not None and speech is self._announced and not self._is_filler(speech)

    def _is_speech_stoppable(self) -> bool:
        speech = self._session.current_speech
        return speech is not None and not speech.done() and not speech.interrupted and speech.allow_interruptions


def _rounded(overlap: Overlap) -> float | None:
    return None if overlap.level_db is None else round(overlap.level_db, 1)


def attach(
    session: AgentSession[Any],
    detector: InterruptionDetector | None = None,
    is_filler: Callable[[SpeechHandle], bool] = lambda _: False,
    on_forgotten: Callable[[], None] = lambda: None,
) -> Floor:
    """Watches the session, from before its start; takes its place at the session's audio at the first speech.

    ``is_filler``: of a sentence, whether it is said to who waits for an answer; such a one does not give way to it.
    ``on_forgotten``: told when what the caller said is dropped, so that nobody waits for an answer to it.
    """
    return Floor(session, detector or WordsAndSound(), is_filler, on_forgotten)
