"""Owns the floor: whatever fails, a caller who has spoken hears something within 2.5, 8 and 15 seconds.

First a filler, then how it stands, then that it will not be and what they can do; the call goes on. One of each a turn,
none while the assistant speaks or the caller goes on. Fillers are no answers: they are not remembered as such.
A behaviour that decides to leave a turn unanswered says so with `release`.
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
from agent.pipeline.cached_audio import Sound, SoundCache, tone
from store.log import get_logger

log = get_logger(__name__)
HEARING_S: Final = (
    0.9  # an end of speech is noticed 0.3 s after it, sound takes as long to the caller, a busy machine more
)
AGAIN_S: Final = 0.25
ANOTHER_S: Final = 0.1
AFTER_COUGH_S: Final = 1.0
SHORTEST_SPEECH_S: Final = 0.4  # a cough or a click is no turn
PRESSED_S: Final = 0.5  # before its first deadline a turn is ended that has not ended by itself, which takes this long
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
        self._session, self._cache = session, cache
        limits = deadlines or Deadlines()
        self._limits = (limits.filler_s, limits.status_s, limits.apology_s)
        self._loop = asyncio.get_running_loop()
        self.bridge = Bridge(
            self._voice_sounds, self.nothing_came, self._thread_lost, lambda: self._sound(errors.VOICE_LOST)
        )
        self._since: float | None = None  # when the open turn's words ended; None: no turn is open
        self._stage = Stage.FILLER  # the next one
        self._timer: asyncio.TimerHandle | None = None
        self._words = False  # the caller said something that is in no turn yet
        self._committed = False  # the open turn is in the conversation
        self._own_line = False  # what sounds is a filler or a status, not an answer
        self._line_ends = 0.0  # and when it is over, whatever the session says
        self._failing = False  # what sounds next tells of a failure
        self._failures = 0  # answers that failed one after another
        self._unheard = Unheard()
        self._is_pressed = False  # the open turn was told to end
        self._filler: SpeechHandle | None = None
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
        return self._since is not None

    @property
    def fills(self) -> bool:
        """Whether what sounds is a line of ours, not an answer."""
        return self._own_line

    def release(self) -> None:
        """The open turn needs no (further) answer."""
        self._since, self._words, self._committed = None, False, False
        self._stop_timer()

    def say(self, text: str, *, remember: bool = True, **options: Any) -> SpeechHandle | None:
        """A ready sentence, without a voice where it is cached; None when the session is ending."""
        sound = self._cache.find(text) if self._cache else None
        audio: dict[str, Any] = {"audio": sound.stream()} if sound and self._has_audio() else {}
        try:
            return self._session.say(text, add_to_chat_ctx=remember, **audio, **options)
        except RuntimeError:  # closing, or handing over to another assistant
            return None

    def nothing_came(self, reason: str) -> None:
        """The open turn has failed for good: the caller hears so at once instead of waiting for a deadline."""
        if not self.is_open or not self._committed or self._session.user_state == "speaking":
            return  # of a turn that is not sure yet; should it come to nothing, its first deadline says so
        self._failures += 1
        log.warning("a turn came to nothing", reason=reason, in_a_row=self._failures)
        self._stop_timer()
        self._own_line, self._failing = False, True
        self.say(errors.NO_ANSWER if self._failures == 1 else errors.STILL_NO_ANSWER)
        self._stage = Stage.APOLOGY  # should even that not sound
        self._set_timer()

    def _nothing_came_early(self) -> None:
        if self.bridge.failed:
            self.nothing_came(self.bridge.failed)

    def _thread_lost(self) -> None:
        log.warning("a mind stopped in the middle of its answer")
        self.say(errors.THREAD_LOST)

    def deaf(self, reason: str) -> None:
        """The caller cannot be understood, and nobody is speaking."""
        if self._is_sounding() or self._session.user_state == "speaking" or self.is_open:
            return
        if line := self._unheard.line(self._loop.time()):
            log.warning("a caller was not understood", reason=reason, in_a_row=self._unheard.in_a_row)
            self.say(line)

    # What is heard of the caller

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._stop_timer()
            if self._filler is not None and not self._filler.done():
                self._filler.interrupt()
        elif event.old_state == "speaking" and not self._is_sounding():
            if self._words:
                self._begin()
            elif self.is_open:
                self._set_timer(AFTER_COUGH_S)  # no words (yet): the turn before still waits

    def _on_words(self, event: UserInputTranscribedEvent) -> None:
        if not event.transcript.strip():
            return
        self._unheard.understood()
        if self._is_sounding():
            return  # spoken over the assistant: a turn only if it becomes one
        if not self._words and self._session.user_state != "speaking":
            self._begin()
        self._words = True

    def _on_unheard(self, event: UserTranscriptionTimeoutEvent) -> None:
        if event.speech_duration >= SHORTEST_SPEECH_S:
            self.deaf("speech without words")

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role == "user":
            if not self._words or not self.is_open:
                self._begin()
            self._words, self._committed = False, True
            if self.bridge.failed:  # while it was not sure yet; another may be about to be tried
                self._loop.call_later(ANOTHER_S, self._nothing_came_early)

    # The turn that is open

    def _begin(self) -> None:
        self._since, self._stage = self._loop.time(), Stage.FILLER
        self._committed = self._failing = self._is_pressed = False
        self._set_timer()

    def _set_timer(self, at_least_s: float = 0.0) -> None:
        self._stop_timer()
        if self._since is None or self._stage > Stage.APOLOGY or self._session.user_state == "speaking":
            return
        self._timer = self._loop.call_at(max(self._due(self._stage), self._loop.time() + at_least_s), self._on_deadline)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_deadline(self) -> None:
        if self._is_sounding():
            self._set_timer(AGAIN_S)  # an answer that began before the turn did, or a line of ours
            return
        if not self._committed and not self._is_pressed:
            self._end_turn()
            return
        stage = self._stage
        nothing_to_come = self._session.current_speech is None and self._session.agent_state != "thinking"
        if nothing_to_come and stage < Stage.APOLOGY and (self._committed or stage > Stage.FILLER):
            self._committed = True
            self.nothing_came("nobody answers")
            return
        sounded = self._give_up() if stage is Stage.APOLOGY else self._fill(LINES[stage])
        if sounded:
            log.warning("a caller waited", stage=stage.name.lower(), state=self._session.agent_state)
            self._stage = Stage(stage + 1)
        elif stage < Stage.APOLOGY and self._loop.time() >= self._due(Stage(stage + 1)):
            self._stage = Stage(stage + 1)
        self._set_timer(AGAIN_S)

    def _end_turn(self) -> None:
        """By now it should have: the machine is slow, or something was being said when it did."""
        self._is_pressed = True
        self._set_timer(AGAIN_S)
        with contextlib.suppress(RuntimeError):  # handing over to another assistant
            self._session.commit_user_turn(transcript_timeout=LAST_WORDS_S)

    def _due(self, stage: Stage) -> float:
        at = (self._since or 0.0) + self._limits[stage] - HEARING_S
        return at if self._committed or self._is_pressed or stage > Stage.FILLER else at - PRESSED_S

    def is_filler(self, speech: SpeechHandle) -> bool:
        """Whether this is what is said to a caller who waits."""
        return speech is self._filler

    def _fill(self, text: str) -> bool:
        """A line that is no answer, without losing the answer that may still come."""
        if not self._has_audio():
            return True  # written conversations show that they wait
        sound = self._sound(text)
        self._own_line, self._line_ends = True, self._loop.time() + sound.seconds
        if self._session.current_speech is not None:
            return self.bridge.play(sound)
        self._filler = self.say(text, remember=False)
        if self._filler is not None:
            self._filler.add_done_callback(self._line_over)
        return self._filler is not None

    def _give_up(self) -> bool:
        """What holds the floor loses it, except a tool: what it does is done to its end."""
        if (speech := self._session.current_speech) is not None:
            speech.interrupt(force=True)
        self._own_line, self._failing = False, True
        return self.say(errors.GIVEN_UP) is not None

    def _is_sounding(self) -> bool:
        """Whether the caller hears something; a turn that only began with a line of ours counts as silent after it."""
        over = self._own_line and self._loop.time() >= self._line_ends
        return self._session.agent_state == "speaking" and not over

    def _line_over(self, line: SpeechHandle) -> None:
        self._own_line = False
        if self.is_open and not self._committed and self._session.user_state != "speaking":
            self._end_turn()  # should it have ended meanwhile, the framework did not take it for an end

    # What is heard of the assistant

    def _on_agent_state(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking" and not self._own_line:
            self._answered()
        elif event.old_state == "speaking":
            self._own_line = False

    def _voice_sounds(self) -> None:
        was_own, self._own_line = self._own_line, False
        if was_own and self._session.agent_state == "speaking":
            self._answered()

    def _answered(self) -> None:
        if self.is_open and self._committed:
            self._failures = self._failures if self._failing else 0
            self.release()

    def _sound(self, text: str) -> Sound:
        return (self._cache.find(text) if self._cache else None) or tone()

    def _has_audio(self) -> bool:
        return self._session.output.audio is not None and self._session.output.audio_enabled
