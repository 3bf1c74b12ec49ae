"""Owns the floor: whatever fails, a caller who has spoken hears something within 2.5, 8 and 15 seconds.

First a filler, then how it stands, then that it will not be and what they can do; the call goes on. One of each a turn,
none while the assistant speaks or the caller goes on. Fillers are no answers: they are not remembered as such.
A behaviour that decides to leave a turn unanswered says so with `release`, one that drops words with `forget_words`.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
    UserTranscriptionTimeoutEvent,
)
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import SpeechHandle

from agent import errors
from agent.behaviors.bridging import Bridge
from agent.behaviors.deadlines import LINES, Deadlines, Stage, Unheard
from agent.behaviors.own_lines import OwnLines
from agent.behaviors.waiting import Waiting
from agent.pipeline.cached_audio import SoundCache
from store.log import get_logger

log = get_logger(__name__)
AGAIN_S: Final = 0.25
ANOTHER_S: Final = 0.1
AFTER_COUGH_S: Final = 1.0
SHORTEST_SPEECH_S: Final = 0.4  # a cough or a click is no turn
LAST_WORDS_S: Final = 0.3
TRANSCRIPTION_TIMEOUT_S: Final = 2.0  # for the session: speech without words is reported after it


def attach(session: AgentSession[Any], cache: SoundCache | None = None) -> Watchdog:
    """Watches the session until it closes. Needs ``TRANSCRIPTION_TIMEOUT_S`` in its options to notice deaf ears."""
    return Watchdog(session, cache)


class Watchdog:
    """One a call. Time is the event loop's; ``cache`` may lack any sentence, then the session's voice says it."""

    def __init__(
        self, session: AgentSession[Any], cache: SoundCache | None = None, deadlines: Deadlines | None = None
    ) -> None:
        self._session, self._lines = session, OwnLines(session, cache)
        self._turn = Waiting(deadlines or Deadlines())
        self._loop = asyncio.get_running_loop()
        self.bridge = Bridge(
            self._voice_sounds, self.nothing_came, self._thread_lost, lambda: self._lines.sound(errors.VOICE_LOST)
        )
        self._timer: asyncio.TimerHandle | None = None
        self._failing = False  # what sounds next tells of a failure
        self._failures = 0  # answers that failed one after another
        self._unheard = Unheard()
        on = session.on
        on("user_state_changed", self._on_user_state)
        on("user_input_transcribed", self._on_words)
        on("user_transcription_timeout", self._on_unheard)
        on("conversation_item_added", self._on_item)
        on("agent_state_changed", self._on_agent_state)
        on("close", lambda _: self.release())

    @property
    def is_open(self) -> bool:
        """Whether a caller waits for an answer."""
        return self._turn.is_open

    @property
    def fills(self) -> bool:
        """Whether what sounds is a line of ours, not an answer."""
        return self._lines.sounds

    def release(self) -> None:
        """The open turn needs no (further) answer."""
        self._turn.close()
        self._stop_timer()

    def forget_words(self) -> None:
        """What the caller said last is in no turn and never will be: a sign of listening. Who waited waits on."""
        if self._turn.forget_words():
            self._set_timer(AGAIN_S)

    def say(self, text: str, *, remember: bool = True, **options: Any) -> SpeechHandle | None:
        """A ready sentence, without a voice where it is cached; None when the session is ending."""
        return self._lines.say(text, remember=remember, **options)

    def is_filler(self, speech: SpeechHandle) -> bool:
        """Whether this is what is said to a caller who waits."""
        return self._lines.is_filler(speech)

    def nothing_came(self, reason: str) -> None:
        """The open turn has failed for good: the caller hears so at once instead of waiting for a deadline."""
        if not self.is_open or not self._turn.committed or self._session.user_state == "speaking":
            return  # of a turn that is not sure yet; should it come to nothing, its first deadline says so
        self._failures += 1
        log.warning("a turn came to nothing", reason=reason, in_a_row=self._failures)
        self._stop_timer()
        self._failing = True
        self._lines.over()
        self.say(errors.NO_ANSWER if self._failures == 1 else errors.STILL_NO_ANSWER)
        self._turn.stage = Stage.APOLOGY  # should even that not sound
        self._set_timer()

    def _nothing_came_early(self) -> None:
        if self.bridge.failed:
            self.nothing_came(self.bridge.failed)

    def _thread_lost(self) -> None:
        log.warning("a mind stopped in the middle of its answer")
        self.say(errors.THREAD_LOST)

    def deaf(self, reason: str) -> None:
        """The caller cannot be understood, and nobody is speaking."""
        if self._lines.is_anything_heard() or self._session.user_state == "speaking" or self.is_open:
            return
        if line := self._unheard.line(self._loop.time()):
            log.warning("a caller was not understood", reason=reason, in_a_row=self._unheard.in_a_row)
            self.say(line)

    # What is heard of the caller

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._stop_timer()
            self._lines.give_way()
        elif event.old_state == "speaking":
            if self._turn.words and not self._lines.is_anything_heard():
                self._begin()
            elif self.is_open:
                self._set_timer(AFTER_COUGH_S)  # no words (yet), or over a line of ours: the turn before still waits

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        if not event.transcript.strip():
            return
        self._unheard.understood()
        if self._lines.is_anything_heard():
            return  # spoken over the assistant: a turn only if it becomes one
        if not self._turn.words and self._session.user_state != "speaking":
            self._begin()
        self._turn.words = True

    def _on_unheard(self, event: UserTranscriptionTimeoutEvent) -> None:
        if event.speech_duration >= SHORTEST_SPEECH_S:
            self.deaf("speech without words")

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role == "user":
            if not self._turn.words or not self.is_open:
                self._begin()
            self._turn.commit()
            if self.bridge.failed:  # while it was not sure yet; another may be about to be tried
                self._loop.call_later(ANOTHER_S, self._nothing_came_early)

    # The turn that is open

    def _begin(self) -> None:
        self._turn.begin(self._loop.time())
        self._failing = False
        self._set_timer()

    def _set_timer(self, at_least_s: float = 0.0) -> None:
        self._stop_timer()
        if (due_at := self._turn.due_at) is not None and self._session.user_state != "speaking":
            self._timer = self._loop.call_at(max(due_at, self._loop.time() + at_least_s), self._on_deadline)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_deadline(self) -> None:
        if self._lines.is_anything_heard():
            self._set_timer(AGAIN_S)  # an answer that began before the turn did, or a line of ours
            return
        if not self._turn.committed and not self._turn.pressed:
            self._end_turn()
            return
        stage = self._turn.stage
        nothing_to_come = self._session.current_speech is None and self._session.agent_state != "thinking"
        if nothing_to_come and stage < Stage.APOLOGY and (self._turn.committed or stage > Stage.FILLER):
            self._turn.committed = True
            self.nothing_came("nobody answers")
            return
        if sounded := self._give_up() if stage is Stage.APOLOGY else self._fill(stage):
            log.warning("a caller waited", stage=stage.name.lower(), state=self._session.agent_state)
        self._turn.advance(self._loop.time(), sounded=sounded)
        self._set_timer(AGAIN_S)

    def _fill(self, stage: Stage) -> bool:
        return self._lines.fill(LINES[stage], self.bridge, self._line_over)

    def _end_turn(self) -> None:
        """By now it should have: the machine is slow, or something was being said when it did."""
        self._turn.pressed = True
        self._set_timer(AGAIN_S)
        with contextlib.suppress(RuntimeError):  # handing over to another assistant
            self._session.commit_user_turn(transcript_timeout=LAST_WORDS_S)

    def _give_up(self) -> bool:
        """What holds the floor loses it, except a tool: what it does is done to its end."""
        if (speech := self._session.current_speech) is not None:
            speech.interrupt(force=True)
        self._failing = True
        self._lines.over()
        return self.say(errors.GIVEN_UP) is not None

    def _line_over(self, _line: SpeechHandle) -> None:
        self._lines.over()
        if self.is_open and not self._turn.committed and self._session.user_state != "speaking":
            self._end_turn()  # should it have ended meanwhile, the framework did not take it for an end

    # What is heard of the assistant

    def _on_agent_state(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking" and not self._lines.sounds:
            self._answered()
        self._lines.note_state(event)

    def _voice_sounds(self) -> None:
        if self._lines.over() and self._session.agent_state == "speaking":
            self._answered()

    def _answered(self) -> None:
        if self._turn.answer():
            self._failures = self._failures if self._failing else 0
            self._stop_timer()
