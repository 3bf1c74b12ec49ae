"""A caller who says nothing is asked once, and after the same time again the call ends politely."""

from __future__ import annotations

from typing import Any

from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
)
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import SpeechHandle

from agent import errors
from agent.behaviors.watchdog import Watchdog


def attach(session: AgentSession[Any], watchdog: Watchdog) -> None:
    """Needs ``user_away_timeout`` in the session's options: that is the time waited, twice."""
    asked = False
    goodbye: SpeechHandle | None = None

    def on_words(event: UserInputTranscribedEvent) -> None:
        # "okay" goes on with any other sentence; to this one it is the sign of life that was waited for
        if goodbye is not None and not goodbye.done() and event.transcript.strip():
            goodbye.interrupt()

    def on_item(event: ConversationItemAddedEvent) -> None:
        nonlocal asked
        if isinstance(event.item, ChatMessage) and event.item.role == "user":
            asked = False  # who types or presses a button is there, and is asked again before the call ends

    def hang_up(said: SpeechHandle) -> None:
        if not said.interrupted:
            session.shutdown(drain=False)

    def on_user_state(event: UserStateChangedEvent) -> None:
        nonlocal asked, goodbye
        if event.new_state == "speaking":
            asked = False
        elif event.new_state == "away" and not asked:
            asked = True
            if speech := watchdog.say(errors.STILL_THERE):
                speech.add_done_callback(lambda _: session.reset_away_timer())
        elif event.new_state == "away" and (goodbye := watchdog.say(errors.NOBODY_THERE, allow_interruptions=True)):
            goodbye.add_done_callback(hang_up)

    session.on("user_state_changed", on_user_state)
    session.on("user_input_transcribed", on_words)
    session.on("conversation_item_added", on_item)
