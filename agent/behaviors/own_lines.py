"""The ready sentences of ours: how they are said, whether one of them is what sounds now, and which is a filler.

``watchdog.py`` decides which and when; here is only how they get to the caller, with or without a voice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.agents import AgentSession, AgentStateChangedEvent
from livekit.agents.voice import SpeechHandle

from agent.behaviors.bridging import Bridge
from agent.pipeline.cached_audio import Sound, SoundCache, tone


class OwnLines:
    """Of one call. ``cache`` may lack any sentence: then the session's voice says it, and a tone fills."""

    def __init__(self, session: AgentSession[Any], cache: SoundCache | None) -> None:
        self._session, self._cache = session, cache
        self._loop = asyncio.get_running_loop()
        self._sounds = False  # what sounds is a filler, a status or an apology, not an answer
        self._ends_at = 0.0  # and when it is over, whatever the session says
        self._filler: SpeechHandle | None = None

    @property
    def sounds(self) -> bool:
        """Whether what sounds is a line of ours, not an answer."""
        return self._sounds

    def say(self, text: str, *, remember: bool = True, **options: Any) -> SpeechHandle | None:
        """A ready sentence, without a voice where it is cached; None when the session is ending."""
        sound = self._cache.find(text) if self._cache else None
        audio: dict[str, Any] = {"audio": sound.stream()} if sound and self.has_audio() else {}
        try:
            return self._session.say(text, add_to_chat_ctx=remember, **audio, **options)
        except RuntimeError:  # closing, or handing over to another assistant
            return None

    def fill(self, text: str, bridge: Bridge, on_over: Callable[[SpeechHandle], None]) -> bool:
        """A line that is no answer, without losing the answer that may still come. Returns whether it sounds.

        ``on_over``: called when it was said beside a turn, and not in one.
        """
        if not self.has_audio():
            return True  # written conversations show that they wait
        sound = self.sound(text)
        if self._session.current_speech is not None:
            self._sounds = bridge.play(sound)
        else:
            self._filler = self.say(text, remember=False)
            self._sounds = self._filler is not None
            if self._filler is not None:
                self._filler.add_done_callback(on_over)
        self._ends_at = self._loop.time() + sound.seconds
        return self._sounds

    def give_way(self) -> None:
        """The caller goes on: what fills their waiting is not said over them."""
        if self._filler is not None and not self._filler.done():
            self._filler.interrupt()

    def is_filler(self, speech: SpeechHandle) -> bool:
        """Whether this is what is said to a caller who waits."""
        return speech is self._filler

    def over(self) -> bool:
        """What sounds from here on is none of ours. Returns whether it was until now."""
        sounded, self._sounds = self._sounds, False
        return sounded

    def note_state(self, event: AgentStateChangedEvent) -> None:
        if event.old_state == "speaking" and event.new_state != "speaking":
            self._sounds = False

    def is_anything_heard(self) -> bool:
        """Whether the caller hears something; a turn that only began with a line of ours counts as silent after it."""
        over = self._sounds and self._loop.time() >= self._ends_at
        return self._session.agent_state == "speaking" and not over

    def sound(self, text: str) -> Sound:
        return (self._cache.find(text) if self._cache else None) or tone()

    def has_audio(self) -> bool:
        return self._session.output.audio is not None and self._session.output.audio_enabled
